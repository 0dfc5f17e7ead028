// Every proxy on networks and weights that leave the range of float32 gives a value, or a reason.

#include <cmath>

#include "data/synthetic.h"
#include "eval/evaluator.h"
#include "minibatch/minibatch.h"
#include "support/catch.h"
#include "wrcor/score/proxies.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

const std::string skip =
    "|skip_connect~0|+|skip_connect~0|skip_connect~1|+|skip_connect~0|skip_connect~1|skip_connect~"
    "2|";
const std::string pool =
    "|avg_pool_3x3~0|+|avg_pool_3x3~0|avg_pool_3x3~1|+|avg_pool_3x3~0|avg_pool_3x3~1|avg_pool_3x3~"
    "2|";
const std::string convolution =
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~"
    "2|";
const std::string mixed =
    "|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|skip_connect~0|none~1|skip_connect~2|";

/// The weights of a bank, times a factor.
class ScaledWeights final : public WeightSource {
 public:
  explicit ScaledWeights(double factor) : factor_(factor) {}
  at::Tensor get(const Parameter& parameter) const override {
    return bank_.get(parameter) * factor_;
  }

 private:
  WeightBank bank_{5, Initialisation::standard, at::kCPU};
  double factor_;
};

Minibatch small_minibatch(int images) {
  Minibatch batch = draw_minibatch(*make_synthetic(), images, true, 1);
  batch.images = batch.images.slice(2, 0, 8).slice(3, 0, 8).contiguous();
  return batch;
}

Evaluation evaluate(const std::string& arch, int cells, double factor,
                    std::vector<std::string> names) {
  const NasBench201 space({4, cells, 10, 8, 8});
  EvaluatorOptions options;
  options.proxies = std::move(names);
  const Evaluator evaluator(space, small_minibatch(4), options, at::kCPU);
  return evaluator.evaluate(space.parse(arch), ScaledWeights(factor));
}

void require_values_or_reasons(const Evaluation& evaluation) {
  for (const auto& [name, score] : evaluation.scores) {
    INFO(name << ": " << to_string(score.status) << " " << score.reason << " " << score.raw);
    if (score.status == Status::ok) {
      CHECK((score.value || score.log10));
      CHECK(std::isfinite(score.order().value()));
      CHECK((!score.value || std::isfinite(*score.value)));
      CHECK(score.value.has_value() != (score.note == "overflow" || score.note == "underflow"));
    } else {
      CHECK(score.status != Status::failed);
      CHECK_FALSE(score.reason.empty());
      CHECK_FALSE(score.order());
    }
  }
  const auto json = to_json(evaluation);
  CHECK(to_json(evaluation_from_json(json)) == json);
}

}  // namespace

TEST_CASE("every proxy gives a value or a reason at any depth", "[contract]") {
  for (const std::string& arch : {skip, pool, convolution, mixed}) {
    for (const int cells : {1, 3, 10, 20, 30, 100, 300}) {
      INFO(arch << " with " << cells << " cells a stage");
      std::vector<std::string> names = proxies().names();
      // Takes a backward pass for each image and class.
      if (cells > 30) std::erase(names, "dyn_isometry");
      require_values_or_reasons(evaluate(arch, cells, 1, names));
    }
  }
}

TEST_CASE("every proxy gives a value or a reason for weights of any size", "[contract]") {
  for (const std::string& arch : {skip, pool, convolution, mixed}) {
    for (const double factor : {1e-30, 1e-20, 1e-10, 1e-5, 1e5, 1e10, 1e20, 1e30}) {
      INFO(arch << " with weights times " << factor);
      require_values_or_reasons(evaluate(arch, 1, factor, proxies().names()));
      require_values_or_reasons(evaluate(arch, 5, factor, proxies().names()));
    }
  }
}

TEST_CASE("what is not finite costs the scores that it goes into, and no others", "[contract]") {
  const std::vector<std::string> names{"params", "l2_norm", "wrcor", "naswot", "zico", "phi_bn"};
  const Evaluation evaluation = evaluate(skip, 30, 1, names);
  CHECK(evaluation.status == Status::ok);
  CHECK(evaluation.score("params").status == Status::ok);
  CHECK(evaluation.score("l2_norm").status == Status::ok);
  for (const char* name : {"wrcor", "naswot", "zico", "phi_bn"})
    CHECK(evaluation.score(name).reason == "nonfinite_output");
  for (const std::string& name : names) {
    const Score alone = evaluate(skip, 30, 1, {name}).score(name);
    CHECK(alone.status == evaluation.score(name).status);
    CHECK(alone.value == evaluation.score(name).value);
  }
}

TEST_CASE("cells of 20 a stage have scores", "[contract]") {
  for (const std::string& arch : {skip, pool, convolution, mixed}) {
    for (const auto& [name, score] :
         evaluate(arch, 20, 1, {"wrcor", "jacob_cor", "synflow", "naswot", "snip"}).scores) {
      INFO(arch << " " << name << ": " << score.reason);
      CHECK(score.status == Status::ok);
    }
  }
}

TEST_CASE("synflow keeps the logarithm of what no double holds", "[contract]") {
  const auto synflow = [](int cells) {
    const NasBench201 space({4, cells, 10, 32, 32});
    EvaluatorOptions options;
    options.proxies = {"synflow"};
    const Evaluator evaluator(space, draw_minibatch(*make_synthetic(), 2, true, 1), options,
                              at::kCPU);
    return evaluator.evaluate(space.parse(convolution)).score("synflow");
  };
  const Score held = synflow(48), beyond = synflow(50), far_beyond = synflow(300);
  CHECK(held.log10.value() == Approx(298.5).margin(1));
  CHECK(std::log10(held.value.value()) == Approx(held.log10.value()));
  CHECK(beyond.status == Status::ok);
  CHECK_FALSE(beyond.value);
  CHECK(beyond.note == "overflow");
  CHECK(beyond.log10.value() == Approx(310.7).margin(1));
  // Nearly the same factor for every cell.
  const double a_cell = (beyond.log10.value() - held.log10.value()) / 2;
  CHECK(far_beyond.log10.value() == Approx(beyond.log10.value() + 250 * a_cell).epsilon(0.01));
}
