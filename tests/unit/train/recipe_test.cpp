#include "train/recipe.h"

#include "support/catch.h"

using namespace wrcor;

TEST_CASE("the learning rate falls along half a cosine", "[train][recipe]") {
  const TrainingRecipe recipe;
  CHECK(recipe.learning_rate_of(0) == 0.1);
  CHECK(recipe.learning_rate_of(3) == Approx(0.0853553391));  // 0.1 (1 + cos 45 degrees) / 2
  CHECK(recipe.learning_rate_of(6) == Approx(0.05));
  CHECK(recipe.learning_rate_of(9) == Approx(0.0146446609));
  CHECK(recipe.learning_rate_of(11) == Approx(0.0017037087));
}

TEST_CASE("the recipe is that of NAS-Bench-201", "[train][recipe]") {
  const TrainingRecipe recipe;
  CHECK(recipe.epochs == 12);
  CHECK(recipe.batch_size == 256);
  CHECK(recipe.learning_rate == 0.1);
  CHECK(recipe.momentum == 0.9);
  CHECK(recipe.weight_decay == 0.0005);
  CHECK(recipe.augment);
}
