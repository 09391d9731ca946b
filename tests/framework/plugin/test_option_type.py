"""An option's type is written for a reader."""

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field, create_model

from insula.plugin.option_type import option_type


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (int, "int"),
        (Annotated[float, Field(gt=0, le=1)], "float > 0, ≤ 1"),
        (Annotated[float, Field(ge=0)] | None, "float ≥ 0 or None"),
        (Annotated[int | None, Field(ge=1)], "int or None ≥ 1"),
        (Literal["train", "subject"], "train | subject"),
        (Annotated[tuple[Annotated[int, Field(gt=0)], ...], Field(min_length=1)], "tuple[int > 0, …] length ≥ 1"),
        (Path | None, "Path or None"),
        (dict[str, float], "dict[str, float]"),
    ],
)
def test_types_and_limits(annotation, text):
    model = create_model("Options", option=(annotation, None))
    assert option_type(model.model_fields["option"]) == text
