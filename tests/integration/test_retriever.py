"""The library's search inside a LlamaIndex user's own engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from llama_index.core.base.llms.types import CompletionResponse, CompletionResponseGen, LLMMetadata
from llama_index.core.llms import CustomLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import MetadataMode, TextNode

from index import Library, LibraryEmpty, QuestionError
from index.retriever import LibraryRetriever, documents

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUESTION = "how much does Xiaomi plan to spend on R&D"


class Parrot(CustomLLM):
    """A language model that says what it was told."""

    @property
    def metadata(self) -> LLMMetadata:
        """A window wide enough for all of it."""
        return LLMMetadata(context_window=100_000, num_output=256)

    def complete(self, prompt: str, formatted: bool = False, **options: Any) -> CompletionResponse:  # noqa: ANN401, ARG002 - LlamaIndex's signature
        """The prompt itself."""
        return CompletionResponse(text=prompt)

    def stream_complete(
        self,
        prompt: str,
        formatted: bool = False,
        **options: Any,  # noqa: ANN401 - LlamaIndex's signature
    ) -> CompletionResponseGen:
        """The prompt itself, at once."""
        yield self.complete(prompt, formatted, **options)


@pytest.fixture(scope="module")
def library(sample_library: Path) -> Iterator[Library]:
    with Library.open(sample_library) as opened:
        yield opened


def test_the_nodes_are_the_articles_own_words_at_their_offsets(library: Library) -> None:
    retriever = LibraryRetriever(library, similarity_top_k=7)
    assert isinstance(retriever, BaseRetriever)
    nodes = retriever.retrieve(QUESTION)
    assert len(nodes) == 7
    assert len({each.node.node_id for each in nodes}) == 7
    for each in nodes:
        node = each.node
        assert isinstance(node, TextNode)
        assert node.ref_doc_id is not None
        article = library.article(node.ref_doc_id)
        start, end = node.start_char_idx, node.end_char_idx
        assert node.get_content(MetadataMode.NONE) == article.text[start:end]
        assert node.metadata["title"] == article.title


def test_the_nodes_come_in_the_order_of_their_scores_as_the_search_has_them(library: Library) -> None:
    nodes = LibraryRetriever(library, similarity_top_k=5).retrieve(QUESTION)
    hits = library.search(QUESTION, 5)
    scores = [each.score or 0.0 for each in nodes]
    assert scores == sorted(scores, reverse=True) == [hit.score for hit in hits]
    assert [each.node.get_content(MetadataMode.NONE) for each in nodes] == [hit.passage.text for hit in hits]
    assert any("2000億元" in each.node.get_content(MetadataMode.NONE) for each in nodes)


def test_it_can_be_dropped_into_a_query_engine(library: Library) -> None:
    engine = RetrieverQueryEngine.from_args(LibraryRetriever(library, similarity_top_k=3), llm=Parrot())
    response = engine.query(QUESTION)
    for source in response.source_nodes:
        assert source.node.get_content(MetadataMode.NONE) in str(response)
    assert len(response.source_nodes) == 3


def test_every_article_is_a_document_of_its_own(library: Library) -> None:
    found = {document.doc_id: document for document in documents(library)}
    articles = library.articles()
    assert len(found) == len(articles)
    for article in articles:
        document = found[article.id]
        assert document.text == article.text
        assert document.metadata["published"] == (article.published.isoformat() if article.published else "")


def test_what_cannot_be_asked_of_the_library_cannot_be_asked_here(library: Library, tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="is empty"):
        LibraryRetriever(library).retrieve(" ")
    with Library.open(tmp_path / "new", create=True) as new, pytest.raises(LibraryEmpty):
        LibraryRetriever(new).retrieve(QUESTION)
