"""What a bot on the bundled models needs: the project's requirements without those for other models.

    python config/deploy/requirements.py > requirements.txt
    pip install -c constraints.txt -r requirements.txt
    pip install --no-deps .

sentence-transformers is what brings PyTorch, and only encoders that are not bundled are loaded
by it (`encoder.model`).
"""

import re
import tomllib
from pathlib import Path

LEFT_OUT = "sentence-transformers"


def requirements(project: Path) -> list[str]:
    """The requirements in a pyproject.toml, in its order, without what only other models need."""
    named: list[str] = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
    return [each for each in named if re.split(r"[^\w.-]", each)[0] != LEFT_OUT]


if __name__ == "__main__":
    print("\n".join(requirements(Path(__file__).parents[2] / "pyproject.toml")))
