// What runs on CUDA, on a device that every machine has.

#include <algorithm>
#include <cmath>
#include <iostream>

#include "device/accelerator.h"
#include "eval/evaluator.h"
#include "run/parity.h"
#include "score/batching.h"
#include "support/catch.h"
#include "support/shared.h"
#include "support/small_spaces.h"
#include "train/trainable_network.h"
#include "train/trainer.h"
#include "unit/train/support.h"
#include "wrcor/score/proxies.h"
#include "wrcor/score/votes.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

EvaluatorOptions options_of(std::vector<std::string> names) {
  EvaluatorOptions options;
  options.proxies = std::move(names);
  return options;
}

/// Libtorch's autograd, which grasp and trainings use, asks CUDA about any device, and fails where
/// libtorch is for CUDA and finds no driver.
bool autograd_runs_here() {
  static const bool runs = [] {
    const at::Context& libtorch = at::globalContext();
    if (!libtorch.hasCUDART() || libtorch.hasCUDA()) return true;
    WARN("libtorch is for CUDA, which has no driver here: grasp and trainings are not tried");
    return false;
  }();
  return runs;
}

std::vector<std::string> proxies_here() {
  std::vector<std::string> names = proxies().names();
  if (!autograd_runs_here()) std::erase(names, "grasp");
  return names;
}

/// All proxies that a batch can measure.
std::vector<std::string> batched_proxies() {
  std::vector<std::string> names;
  for (const std::string& name : proxies().names()) {
    if (is_batched(name)) names.push_back(name);
  }
  return names;
}

/// How much a score may differ between devices: the golden limit of a device, and more for scores
/// that divide by differences or take logarithms of correlations near 0.
double limit_of(const std::string& proxy) {
  if (proxy == "zico") return 5e-2;
  return proxy == "epe" ? 5e-3 : 1e-3;
}

void require_equal(const SearchSpace& space, const Genotype& genotype, const Evaluation& device,
                   const Evaluation& host) {
  INFO(space.name() << ": " << space.format(genotype));
  REQUIRE(device.scores.size() == host.scores.size());
  for (const auto& [name, score] : host.scores) {
    const Score& other = device.score(name);
    INFO(name << ": " << other.raw << " on the device, " << score.raw << " on the CPU");
    CHECK(other.reason == score.reason);
    const bool cancels = std::abs(other.raw - score.raw) < 1e-4;  // a sum of about 0
    CHECK((cancels || relative_error(other.raw, score.raw) < limit_of(name)));
  }
}

}  // namespace

TEST_CASE("the accelerator computes, counts, and refuses operands of the CPU", "[device]") {
  const at::Tensor host = at::arange(6, at::kFloat).view({2, 3});
  accelerator::take_work();
  const at::Tensor there = host.to(accelerator::device());
  accelerator::Work work = accelerator::take_work();
  CHECK(work.uploads == 1);
  CHECK(work.launches + work.waits == 0);
  const at::Tensor sum = there.t().matmul(there) + 1;
  work = accelerator::take_work();
  CHECK(work.launches == 2);
  CHECK(work.waits + work.uploads == 0);
  CHECK(sum.cpu().equal(host.t().matmul(host) + 1));
  CHECK(sum.sum().item<float>() == (host.t().matmul(host) + 1).sum().item<float>());
  CHECK(accelerator::take_work().waits == 2);
  CHECK_THROWS_WITH(there + host, ContainsSubstring("to be on the same device"));
  CHECK_THROWS_WITH(at::mm(there, host.t()), ContainsSubstring("to be on the same device"));
  CHECK_NOTHROW(there + at::scalar_tensor(1));
  at::Tensor row = there[1];
  row.add_(1);
  CHECK(there.cpu()[1].equal(host[1] + 1));
  CHECK(at::conv2d(there.view({1, 1, 2, 3}), at::ones({1, 1, 2, 2}, there.options()))
            .cpu()
            .sum()
            .item<float>() == 24);
}

TEST_CASE("every proxy has the CPU's score on a device", "[device]") {
  for (const auto& space : test::all_spaces()) {
    const EvaluatorOptions options = options_of(
        test::reads_large_images(*space) ? votes().find("auto").value.members : proxies_here());
    const Minibatch minibatch = test::small_minibatch(*space);
    const Evaluator host(*space, minibatch, options, at::kCPU);
    const Evaluator device(*space, minibatch, options, accelerator::device());
    for (const Genotype& genotype : test::small_networks(*space, 1))
      require_equal(*space, genotype, device.evaluate(genotype), host.evaluate(genotype));
  }
}

TEST_CASE("a device has the published scores", "[device]") {
  int compared = 0;
  for (const ParityCase& one : check_parity(built_in_golden_set(), accelerator::device())) {
    INFO(one.network << " " << one.proxy << ": " << one.computed << ", published " << one.expected);
    if (one.proxy != "grasp" || autograd_runs_here()) CHECK((one.good() || one.undecided()));
    ++compared;
  }
  CHECK(compared == 294);
}

TEST_CASE("a batch on a device has the scores of each network alone", "[device]") {
  for (const auto& space : test::all_spaces()) {
    const EvaluatorOptions options = options_of(
        test::reads_large_images(*space) ? votes().find("auto").value.members : batched_proxies());
    const Minibatch minibatch = test::small_minibatch(*space);
    const Evaluator device(*space, minibatch, options, accelerator::device());
    const Evaluator host(*space, minibatch, options, at::kCPU);
    REQUIRE(device.batches());
    const std::vector<Genotype> genotypes =
        test::small_networks(*space, test::reads_large_images(*space) ? 2 : 4);
    const std::vector<Evaluation> together = device.evaluate_batch(genotypes);
    for (std::size_t i = 0; i < genotypes.size(); ++i)
      require_equal(*space, genotypes[i], together[i], host.evaluate(genotypes[i]));
  }
}

TEST_CASE("a batch takes the memory that is stated", "[device]") {
  const NasBench201 space({8, 2, 10, 32, 32});
  const Minibatch minibatch = test::small_minibatch(space);
  Rng rng(3);
  std::vector<Genotype> genotypes;
  for (int i = 0; i < 12; ++i) genotypes.push_back(space.sample(rng));
  for (const std::vector<std::string>& names : {votes().find("auto").value.members,
                                                {"wrcor"},
                                                {"snip", "zico"},
                                                {"fisher"},
                                                {"phi", "zen"}}) {
    INFO(names.front());
    const Evaluator evaluator(space, minibatch, options_of(names), accelerator::device());
    evaluator.evaluate_batch(genotypes);  // draws the weights and the noise
    accelerator::take_peak_bytes();
    const std::int64_t before = accelerator::take_peak_bytes();
    evaluator.evaluate_batch(genotypes);
    const auto taken = static_cast<double>(accelerator::take_peak_bytes() - before);
    const auto stated = static_cast<double>(evaluator.batch_bytes(genotypes));
    CHECK(taken / stated == Approx(1).epsilon(0.1));
  }
}

TEST_CASE("an evaluation survives that the device refuses memory once", "[device]") {
  const NasBench201 space({4, 1, 10, 32, 32});
  const Minibatch minibatch = test::small_minibatch(space);
  const Evaluator evaluator(space, minibatch, options_of(votes().find("auto").value.members),
                            accelerator::device());
  const Genotype genotype = space.parse(
      "|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|none~2|");
  const auto expected = to_json(evaluator.evaluate(genotype));
  int refused = 0;
  for (std::int64_t request = 1; request < 2000; request += 97) {
    const accelerator::OneRefusal refusal(request);
    CHECK(to_json(evaluator.evaluate(genotype)) == expected);
    refused += refusal.happened() ? 1 : 0;
  }
  CHECK(refused > 5);
}

TEST_CASE("training on a device follows training on the CPU", "[device]") {
  if (!autograd_runs_here()) return;
  const LabelledImages images = test::some_images(16);
  TrainingRecipe recipe;
  recipe.epochs = 1;
  recipe.batch_size = 8;
  const auto train = [&](at::Device device) {
    TrainableNetwork network(test::small_plan(), WeightBank(1, Initialisation::standard, device),
                             device);
    Trainer trainer(network, images, recipe, {device});
    trainer.finish_epoch();
    return trainer.state();
  };
  const auto host = train(at::kCPU), device = train(accelerator::device());
  REQUIRE(host.size() == device.size());
  for (const auto& [name, tensor] : host) {
    INFO(name);
    if (name == "sums") continue;  // of seconds, too
    CHECK(at::allclose(device.at(name).cpu().to(at::kDouble), tensor.to(at::kDouble), 1e-3, 1e-4));
  }
}

// Prints the table of docs/speed.md. The sizes of the networks' tensors change hardly a number.
TEST_CASE("launches, waits and uploads of every proxy", "[.work]") {
  const NasBench201 space({4, 5, 10, 32, 32});
  const Minibatch minibatch = test::small_minibatch(space);
  Rng rng(1);
  std::vector<Genotype> genotypes;
  for (int i = 0; i < 64; ++i) genotypes.push_back(space.sample(rng));
  std::vector<std::pair<std::string, std::vector<std::string>>> sets{
      {"auto", votes().find("auto").value.members}};
  for (const std::string& name : proxies().names()) sets.push_back({name, {name}});
  std::cout << "| proxy | networks per batch | launches | waits | uploads |\n"
               "|---|---:|---:|---:|---:|\n";
  for (const auto& [name, members] : sets) {
    const Evaluator evaluator(space, minibatch, options_of(members), accelerator::device());
    for (const std::size_t size : {1, 16, 64}) {
      if (size > 1 && !evaluator.batches()) continue;
      if (size == 16 && name != "auto" && name != "wrcor") continue;
      const std::size_t networks = std::max<std::size_t>(size, 16);
      const auto evaluate = [&] {
        for (std::size_t i = 0; i < networks; i += size)
          evaluator.evaluate_batch(std::span(genotypes).subspan(i, size));
      };
      evaluate();  // draws the weights and the noise
      accelerator::take_work();
      evaluate();
      const accelerator::Work work = accelerator::take_work();
      const auto each = [networks = static_cast<double>(networks)](std::int64_t count) {
        return std::round(100 * static_cast<double>(count) / networks) / 100;
      };
      std::cout << "| `" << name << "` | " << size << " | " << each(work.launches) << " | "
                << each(work.waits) << " | " << each(work.uploads) << " |" << std::endl;
    }
  }
}
