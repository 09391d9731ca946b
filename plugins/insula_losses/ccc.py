"""CCC: concordance between values and labels."""

import torch
from jaxtyping import Float
from torch import Tensor

from insula_losses.number_loss import NumberLoss, Values


class CCC(NumberLoss):
    """One minus the concordance correlation coefficient (Lin 1989, with moments divided by n) of the rows of a batch.

    CCC = 2 cov(x, y) / (var x + var y + (mean x − mean y)²) needs several rows: a single one has no variance, and its
    loss is 1 without a slope.
    """

    def compare(self, values: Values, goal: Values) -> Float[Tensor, ""]:
        """Return 1 − CCC."""
        x, y = values - values.mean(), goal - goal.mean()
        spread = x.square().mean() + y.square().mean() + (values.mean() - goal.mean()).square()
        return 1 - 2 * (x * y).mean() / spread.clamp(min=torch.finfo(values.dtype).tiny)
