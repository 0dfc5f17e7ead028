#include "train/trainer.h"

#include <ATen/core/grad_mode.h>
#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <cmath>
#include <numeric>

#include "nn/readback.h"
#include "wrcor/core/error.h"
#include "wrcor/core/random.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

using Mode = TrainableNetwork::Mode;

Performance performance(const at::Tensor& loss, const at::Tensor& logits,
                        const at::Tensor& labels) {
  Performance its;
  its.images = labels.size(0);
  const at::Tensor correct = (logits.argmax(1) == labels).sum();
  const std::vector<double> values = values_of({loss.to(at::kDouble), correct.to(at::kDouble)});
  its.loss_sum = values[0] * static_cast<double>(its.images);
  its.correct = static_cast<std::int64_t>(values[1]);
  return its;
}

void add(const Performance& more, Performance& total) {
  total.loss_sum += more.loss_sum;
  total.correct += more.correct;
  total.images += more.images;
}

[[noreturn]] void refuse_state(const std::string& origin, const std::string& problem) {
  throw DataError("'" + origin + "' is not the checkpoint of this training: " + problem);
}

/// @param expected  tensors of the same names, shapes and types
void check_state(const std::map<std::string, at::Tensor>& state,
                 const std::map<std::string, at::Tensor>& expected, const std::string& origin) {
  for (const auto& [name, tensor] : expected) {
    const auto found = state.find(name);
    if (found == state.end()) refuse_state(origin, "found no " + in_quotes(name));
    if (found->second.sizes() != tensor.sizes() || found->second.dtype() != tensor.dtype())
      refuse_state(origin, "found " + in_quotes(name) + " of another shape or type");
  }
  for (const auto& entry : state) {
    if (!expected.contains(entry.first))
      refuse_state(origin, "found the unknown " + in_quotes(entry.first));
  }
}

}  // namespace

Trainer::Trainer(TrainableNetwork& network, const LabelledImages& training,
                 const TrainingRecipe& recipe, Placement placement)
    : network_(network),
      training_(training),
      recipe_(recipe),
      placement_(placement),
      optimiser_(network.parameters(), recipe.momentum, recipe.weight_decay) {}

std::vector<std::int64_t> Trainer::order_of_epoch() const {
  std::vector<std::int64_t> order(training_.labels.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  Rng rng(derive_seed(recipe_.seed, {"order", std::to_string(position_.epoch)}));
  rng.shuffle(order);
  // A batch norm cannot normalise a batch of one value per channel.
  if (order.size() % static_cast<std::size_t>(recipe_.batch_size) == 1) order.pop_back();
  return order;
}

std::int64_t Trainer::batches_per_epoch() const {
  const std::int64_t size = recipe_.batch_size;
  return training_.size() / size + (training_.size() % size > 1 ? 1 : 0);
}

void Trainer::finish_epoch(const BatchSink& after_batch) {
  using Clock = std::chrono::steady_clock;
  const auto view_of = [this, epoch = std::to_string(position_.epoch)](std::int64_t image) {
    if (!recipe_.augment) return ImageView{};
    Rng rng(derive_seed(recipe_.seed, {"augmentation", epoch, std::to_string(image)}));
    return draw_view(rng, training_.info.crop_padding);
  };
  BatchStream batches(training_, order_of_epoch(), recipe_.batch_size, view_of, placement_,
                      position_.batch);
  auto start = Clock::now();
  while (const auto batch = batches.next()) {
    train_on(*batch);
    const auto end = Clock::now();
    position_.seconds += std::chrono::duration<double>(end - start).count();
    start = end;
    if (after_batch) after_batch(position_);
  }
}

void Trainer::train_on(const LabelledBatch& batch) {
  const at::Tensor logits = network_.logits(batch.images, Mode::training);
  const at::Tensor loss = at::cross_entropy_loss(logits, batch.labels);
  loss.backward();
  optimiser_.step(learning_rate());
  const Performance its = performance(loss.detach(), logits.detach(), batch.labels);
  if (!std::isfinite(its.loss_sum)) {
    throw DivergedError(fmt::format(
        "the training has diverged: in epoch {}, batch {} of {}, the loss is {} at a learning rate "
        "of {:.4g}; start again with a lower --lr",
        position_.epoch + 1, position_.batch + 1, batches_per_epoch(), its.loss(),
        learning_rate()));
  }
  add(its, position_.seen);
  ++position_.batch;
}

void Trainer::begin_next_epoch() { position_ = {.epoch = position_.epoch + 1}; }

std::map<std::string, at::Tensor> Trainer::state() const {
  std::map<std::string, at::Tensor> all;
  for (const auto& [name, tensor] : network_.state()) all["network." + name] = tensor;
  for (std::size_t k = 0; k < optimiser_.velocities().size(); ++k)
    all["velocity." + network_.parameter_names()[k]] = optimiser_.velocities()[k];
  const auto& [epoch, batch, seen, seconds] = position_;
  all["position"] =
      at::tensor({static_cast<std::int64_t>(epoch), batch, seen.correct, seen.images}, at::kLong);
  all["sums"] = at::tensor({seen.loss_sum, seconds}, at::kDouble);
  return all;
}

void Trainer::restore(const std::map<std::string, at::Tensor>& state, const std::string& origin) {
  const std::map<std::string, at::Tensor> mine = this->state();
  check_state(state, mine, origin);
  for (const auto& [name, tensor] : mine) tensor.copy_(state.at(name));
  const at::Tensor& counts = mine.at("position");
  const auto epoch = counts[0].item<std::int64_t>(), batch = counts[1].item<std::int64_t>();
  if (epoch < 0 || epoch > recipe_.epochs || batch < 0 || batch > batches_per_epoch())
    refuse_state(origin, fmt::format("found epoch {}, batch {}", epoch, batch));
  const at::Tensor& sums = mine.at("sums");
  position_ = {.epoch = static_cast<int>(epoch),
               .batch = batch,
               .seen = {.loss_sum = sums[0].item<double>(),
                        .correct = counts[2].item<std::int64_t>(),
                        .images = counts[3].item<std::int64_t>()},
               .seconds = sums[1].item<double>()};
}

Performance evaluate(TrainableNetwork& network, const LabelledImages& images, int batch_size,
                     Placement placement, const std::function<void()>& stop_point) {
  const at::NoGradGuard constant;
  std::vector<std::int64_t> order(images.labels.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  BatchStream batches(
      images, std::move(order), batch_size, [](std::int64_t) { return ImageView{}; }, placement);
  Performance all;
  while (const auto batch = batches.next()) {
    if (stop_point) stop_point();
    const at::Tensor logits = network.logits(batch->images, Mode::evaluation);
    add(performance(at::cross_entropy_loss(logits, batch->labels), logits, batch->labels), all);
  }
  if (!std::isfinite(all.loss_sum)) {
    throw DivergedError(
        fmt::format("the training has diverged: the loss on the images that it is "
                    "evaluated on is {}; start again with a lower --lr",
                    all.loss()));
  }
  return all;
}

}  // namespace wrcor
