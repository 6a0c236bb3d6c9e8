"""Speed and memory, measured and printed beside their targets: `python -m tests.bench`.

__main__.py    the command, and the order of the measures
corpus.py      the articles that are indexed, and questions made of them
gold.py        questions whose answers are known, and whether a text holds one
bench.py       what the measures share: the articles, the libraries, the answers
measures.py    one function for each measure: a bench in, rows out
comparison.py  how often each bot's answers hold what is known
load.py        300 chats at once, a server that fails, a bot that is ended and killed
models.py      the models by themselves: matching, speed, size, against all-MiniLM-L6-v2
scripts.py     the same questions in Traditional and Simplified
figures.py     rows, percentiles, the table
processes.py   child processes: where they run, how they end, what they take
child.py       one bot in a process of its own, indexing or asking
ours.py        that bot when it is articlebot
stock.py       that bot when it is LlamaIndex with its defaults

It needs the extra `bench`, and Linux or macOS.
"""
