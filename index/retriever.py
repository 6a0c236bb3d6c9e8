"""The same search as a LlamaIndex retriever, to drop into an engine of one's own.

    from index import Library
    from index.retriever import LibraryRetriever

    retriever = LibraryRetriever(Library.open(Path("library")), similarity_top_k=5)
    engine = RetrieverQueryEngine.from_args(retriever, llm=...)

The nodes hold the passages' exact words, cut from the archive, with their offsets.
"""

from __future__ import annotations

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import (
    Document,
    NodeRelationship,
    NodeWithScore,
    QueryBundle,
    RelatedNodeInfo,
    TextNode,
)

from index.library import Library
from index.records import Article, Hit


class LibraryRetriever(BaseRetriever):
    """Finds passages of a library for LlamaIndex. Scores are fused ones: higher is better."""

    def __init__(self, library: Library, *, similarity_top_k: int = 10) -> None:
        self._library = library
        self._similarity_top_k = similarity_top_k
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._library.search(query_bundle.query_str, self._similarity_top_k)
        return [NodeWithScore(node=_node(hit), score=hit.score) for hit in hits]


def documents(library: Library) -> list[Document]:
    """Every article of a library as a LlamaIndex document, text and metadata."""
    return [
        Document(doc_id=article.id, text=article.text, metadata=_metadata(article))
        for article in library.articles()
    ]


def _node(hit: Hit) -> TextNode:
    passage = hit.passage
    return TextNode(
        id_=f"{passage.article.id}:{passage.span.start}-{passage.span.end}",
        text=passage.text,
        start_char_idx=passage.span.start,
        end_char_idx=passage.span.end,
        metadata=_metadata(passage.article),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=passage.article.id)},
    )


def _metadata(article: Article) -> dict[str, str]:
    published = article.published.isoformat() if article.published else ""
    return {
        "title": article.title,
        "source": article.source or "",
        "url": article.url or "",
        "published": published,
    }
