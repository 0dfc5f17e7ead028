#include "train/trainer.h"

#include "support/catch.h"
#include "unit/data/fixtures.h"
#include "unit/train/support.h"

using namespace wrcor;

namespace {

TrainingRecipe short_recipe() {
  TrainingRecipe recipe;
  recipe.epochs = 2;
  recipe.batch_size = 16;
  recipe.seed = 9;
  return recipe;
}

struct Training {
  explicit Training(const LabelledImages& images, const TrainingRecipe& recipe = short_recipe())
      : network(test::small_network()), trainer(network, images, recipe, {}) {}

  void finish() {
    while (!trainer.finished()) {
      trainer.finish_epoch();
      trainer.begin_next_epoch();
    }
  }

  TrainableNetwork network;
  Trainer trainer;
};

bool equal(const std::map<std::string, at::Tensor>& a, const std::map<std::string, at::Tensor>& b) {
  return std::ranges::equal(a, b, [](const auto& one, const auto& other) {
    return one.first == other.first && one.second.equal(other.second);
  });
}

}  // namespace

TEST_CASE("the first step is one of Nesterov's along the gradient of the batch",
          "[train][trainer]") {
  const LabelledImages images = test::some_images(8);
  TrainingRecipe recipe = short_recipe();
  recipe.batch_size = 8;
  recipe.augment = false;
  Training training(images, recipe);
  // All images are in the one batch, in some order, which hardly changes the gradient.
  TrainableNetwork reference = test::small_network();
  BatchStream whole(images, {0, 1, 2, 3, 4, 5, 6, 7}, 8, [](std::int64_t) { return ImageView{}; },
                    {});
  const auto batch = whole.next();
  const at::Tensor log_odds =
      reference.logits(batch->images, TrainableNetwork::Mode::training).log_softmax(1);
  const at::Tensor loss = -log_odds.gather(1, batch->labels.unsqueeze(1)).mean();
  loss.backward();
  training.trainer.finish_epoch();
  CHECK(training.trainer.position().seen.loss() == Approx(loss.item<double>()).epsilon(1e-4));
  for (std::size_t k = 0; k < reference.parameters().size(); ++k) {
    INFO(reference.parameter_names()[k]);
    const at::Tensor before = reference.parameters()[k].detach();
    const at::Tensor direction = reference.parameters()[k].grad() + 5e-4 * before;
    CHECK(at::allclose(training.network.parameters()[k].detach(), before - 0.1 * 1.9 * direction,
                       1e-3, 1e-4));
  }
}

TEST_CASE("a network learns its images", "[train][trainer]") {
  const LabelledImages images = test::some_images(32);
  TrainingRecipe recipe = short_recipe();
  recipe.epochs = 15;
  recipe.augment = false;
  Training training(images, recipe);
  const double before = evaluate(training.network, images, 32, {}).loss();
  training.finish();
  const Performance after = evaluate(training.network, images, 32, {});
  CHECK(before > 2);
  CHECK(after.loss() < 1.6);
  CHECK(after.accuracy() > 40);
}

TEST_CASE("a restored trainer goes on with the same bytes, from within an epoch",
          "[train][trainer]") {
  const LabelledImages images = test::some_images(40);
  Training whole(images);
  whole.finish();

  struct Stop {};
  std::map<std::string, at::Tensor> saved;
  Training first(images);
  first.trainer.finish_epoch();
  first.trainer.begin_next_epoch();
  CHECK_THROWS_AS(first.trainer.finish_epoch([](const TrainingPosition& position) {
    if (position.batch == 2) throw Stop();
  }),
                  Stop);
  for (const auto& [name, tensor] : first.trainer.state()) saved[name] = tensor.clone();

  Training second(images);
  second.trainer.restore(saved, "checkpoint.pt");
  CHECK(second.trainer.position().epoch == 1);
  CHECK(second.trainer.position().batch == 2);
  CHECK(second.trainer.position().seen.images == 32);
  second.trainer.finish_epoch();
  CHECK(second.trainer.position().seen.images == 40);
  second.trainer.begin_next_epoch();
  CHECK(equal(second.network.state(), whole.network.state()));
  CHECK(equal(second.trainer.state(), whole.trainer.state()));
}

TEST_CASE("the state of something else is refused", "[train][trainer]") {
  const LabelledImages images = test::some_images(16);
  Training training(images);
  auto state = training.trainer.state();
  const auto refusal = [&] {
    return test::message_of<DataError>([&] { training.trainer.restore(state, "c.pt"); });
  };
  SECTION("a missing tensor") {
    state.erase("velocity.stem.0.weight");
    CHECK(refusal() ==
          "'c.pt' is not the checkpoint of this training: found no 'velocity.stem.0.weight'");
  }
  SECTION("one of another shape") {
    state["network.classifier.bias"] = at::zeros({3});
    CHECK_THAT(refusal(), ContainsSubstring("found 'network.classifier.bias' of another shape"));
  }
  SECTION("one too many") {
    state["surplus"] = at::zeros({});
    CHECK_THAT(refusal(), ContainsSubstring("found the unknown 'surplus'"));
  }
  SECTION("a place that there is not") {
    state["position"] =
        at::tensor({std::int64_t{3}, std::int64_t{0}, std::int64_t{0}, std::int64_t{0}});
    CHECK_THAT(refusal(), ContainsSubstring("found epoch 3, batch 0"));
  }
}

TEST_CASE("a training that diverges says where", "[train][trainer]") {
  TrainingRecipe recipe = short_recipe();
  recipe.learning_rate = 1e30;
  const LabelledImages images = test::some_images(48);
  Training training(images, recipe);
  const std::string message =
      test::message_of<DivergedError>([&] { training.trainer.finish_epoch(); });
  CHECK_THAT(message, ContainsSubstring("in epoch 1, batch ") &&
                          ContainsSubstring(" of 3, the loss is ") &&
                          ContainsSubstring("learning rate of 1e+30"));
}

TEST_CASE("one image that is left over is left out", "[train][trainer]") {
  const LabelledImages images = test::some_images(33);
  Training training(images);
  CHECK(training.trainer.batches_per_epoch() == 2);
  training.trainer.finish_epoch();
  CHECK(training.trainer.position().seen.images == 32);
}
