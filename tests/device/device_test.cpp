// What runs on CUDA, on a device that every machine has.

#include <algorithm>
#include <cmath>
#include <iostream>
#include <limits>
#include <set>

#include "device/accelerator.h"
#include "eval/evaluator.h"
#include "nn/draws.h"
#include "proxy/factory.h"
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

const char* const cell =
    "|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|none~2|";
const char* const other_cell =
    "|nor_conv_1x1~0|+|skip_connect~0|nor_conv_3x3~1|+|nor_conv_1x1~0|none~1|avg_pool_3x3~2|";

EvaluatorOptions options_of(std::vector<std::string> names) {
  EvaluatorOptions options;
  options.proxies = std::move(names);
  return options;
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
        test::reads_large_images(*space) ? votes().find("auto").value.members : proxies().names());
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
    CHECK((one.good() || one.undecided()));
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
  const Genotype genotype = space.parse(cell);
  const auto expected = to_json(evaluator.evaluate(genotype));
  int refused = 0;
  for (std::int64_t request = 1; request < 2000; request += 97) {
    const accelerator::OneRefusal refusal(request);
    CHECK(to_json(evaluator.evaluate(genotype)) == expected);
    refused += refusal.happened() ? 1 : 0;
  }
  CHECK(refused > 5);
}

TEST_CASE("an error in a shared pass costs the scores that need the pass, and no others",
          "[device]") {
  using Names = std::vector<std::string>;
  const NasBench201 space({4, 1, 10, 32, 32});
  const Minibatch minibatch = test::small_minibatch(space);
  const std::int64_t images = minibatch.images.size(0);
  const Names all{"wrcor", "acor", "naswot", "swap",    "fisher",          "jacob_cor",
                  "meco",  "zico", "phi",    "synflow", "az_trainability", "params"};
  const Evaluator evaluator(space, minibatch, options_of(all), accelerator::device());
  const std::vector<Genotype> genotypes{space.parse(cell), space.parse(other_cell)};
  const std::vector<Evaluation> whole{evaluator.evaluate(genotypes[0]),
                                      evaluator.evaluate(genotypes[1])};
  const auto require_failed = [&](const Names& failed, const accelerator::Faults::Hits& hits) {
    INFO("expected to fail: " << failed.front());
    const accelerator::Faults faults(hits);
    for (const auto& found :
         {std::vector{evaluator.evaluate(genotypes[0])}, evaluator.evaluate_batch(genotypes)}) {
      for (std::size_t i = 0; i < found.size(); ++i) {
        for (const auto& [name, score] : found[i].scores) {
          INFO(name << ": " << score.reason);
          const bool has_failed = score.status == Status::failed;
          CHECK(has_failed == (std::ranges::find(failed, name) != failed.end()));
          if (has_failed) {
            CHECK_THAT(score.reason, ContainsSubstring("has no kernel for aten::"));
          } else {
            CHECK(score.raw == whole[i].score(name).raw);
            CHECK(score.reason == whole[i].score(name).reason);
          }
        }
      }
    }
    CHECK(faults.count() > 0);
  };
  const auto is = [](const char* name) { return "aten::" + std::string(name); };
  require_failed({"synflow"}, [&](const std::string& name, const at::Tensor& operand) {
    return name == is("convolution") && operand.scalar_type() == at::kDouble;
  });
  require_failed({"meco"}, [&](const std::string& name, const at::Tensor& operand) {
    return name == is("convolution") && operand.scalar_type() == at::kFloat && operand.size(0) <= 2;
  });
  require_failed({"zico"}, [&](const std::string& name, const at::Tensor& operand) {
    return name == is("convolution_backward") && operand.size(0) == images / 2;
  });
  require_failed({"wrcor", "fisher"}, [&](const std::string& name, const at::Tensor& operand) {
    return name == is("_log_softmax") && operand.size(0) == images;
  });
  // What only one observer of a pass computes.
  require_failed({"swap"}, [&](const std::string& name, const at::Tensor& /*operand*/) {
    return name == is("remainder");
  });
  Names all_of_images = all;
  std::erase(all_of_images, "params");
  require_failed(all_of_images, [&](const std::string& name, const at::Tensor& /*operand*/) {
    return name == is("convolution");
  });
}

TEST_CASE("one error anywhere costs scores, but changes none", "[device]") {
  const NasBench201 space({4, 1, 10, 32, 32});
  const Minibatch minibatch = test::small_minibatch(space);
  const at::Device device = accelerator::device();
  const at::Tensor images = minibatch.images.to(device), labels = minibatch.labels.to(device);
  const WeightBank bank(1, Initialisation::standard, device);
  const Noise noise(2, device);
  const Network network(space.plan(space.parse(cell)), bank);
  std::vector<std::unique_ptr<Proxy>> tried;
  Requirements needs;
  for (const char* name : {"wrcor", "acor", "jacob_cor", "meco", "synflow", "az_trainability"}) {
    tried.push_back(make_proxy(name, {space, ProxyInput::images}));
    needs |= tried.back()->requirements();
  }
  for (const Activations activations : {Activations::kept, Activations::recomputed}) {
    const auto scores = [&] {
      const Observation seen(
          {network, images, labels, Counting::reference, noise, false, activations}, needs);
      std::vector<double> values;
      for (const auto& proxy : tried) {
        try {
          values.push_back(score_of(*proxy, seen).raw);
        } catch (const c10::Error&) {
          values.push_back(std::numeric_limits<double>::quiet_NaN());
        }
      }
      return values;
    };
    const std::vector<double> whole = scores();
    std::set<std::size_t> failed, held;
    for (int number = 1; number < 1000; number += 41) {
      int convolutions = 0;
      const accelerator::Faults faults([&](const std::string& name, const at::Tensor&) {
        return name.find("convolution") != std::string::npos && ++convolutions == number;
      });
      const std::vector<double> found = scores();
      if (faults.count() == 0) break;
      for (std::size_t i = 0; i < found.size(); ++i) {
        INFO("convolution " << number << ", proxy " << i);
        (std::isnan(found[i]) ? failed : held).insert(i);
        if (!std::isnan(found[i])) CHECK(found[i] == whole[i]);
      }
    }
    CHECK(failed.size() > 3);
    CHECK(held.size() == whole.size());
  }
}

TEST_CASE("a network alone, and a batch, waits for the device once", "[device]") {
  const NasBench201 space({4, 1, 10, 32, 32});
  const Minibatch minibatch = test::small_minibatch(space);
  const std::vector<Genotype> genotypes = test::small_networks(space, 4);
  std::vector<std::vector<std::string>> sets{votes().find("auto").value.members};
  for (const char* name : {"swap", "epe", "fisher", "zico", "synflow", "meco"})
    sets.push_back({name});
  for (const std::vector<std::string>& names : sets) {
    INFO(names.front());
    const Evaluator evaluator(space, minibatch, options_of(names), accelerator::device());
    evaluator.evaluate_batch(genotypes);
    evaluator.evaluate(genotypes[0]);  // draws the weights and the noise
    accelerator::take_work();
    evaluator.evaluate(genotypes[0]);
    accelerator::Work work = accelerator::take_work();
    CHECK(work.waits == 1);
    CHECK(work.uploads == 0);
    evaluator.evaluate_batch(genotypes);
    work = accelerator::take_work();
    CHECK(work.waits == 1);
    CHECK(work.uploads <= 12);  // of indices: as many for a batch of any size
  }
}

TEST_CASE("training on a device follows training on the CPU", "[device]") {
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
