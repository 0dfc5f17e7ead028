#include "train/recipe.h"

#include <cmath>
#include <numbers>

namespace wrcor {

double TrainingRecipe::learning_rate_of(int epoch) const {
  return learning_rate * (1 + std::cos(std::numbers::pi * epoch / epochs)) / 2;
}

}  // namespace wrcor
