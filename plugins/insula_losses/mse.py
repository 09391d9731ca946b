"""MSE: mean squared error."""

from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import mse_loss

from insula_losses.number_loss import NumberLoss, Values


class MSE(NumberLoss):
    """Mean squared error."""

    def compare(self, values: Values, goal: Values) -> Float[Tensor, ""]:
        """Return the mean of the squared differences."""
        return mse_loss(values, goal)
