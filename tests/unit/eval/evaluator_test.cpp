#include "eval/evaluator.h"

#include <limits>

#include "baseline.h"
#include "core/processor.h"
#include "core/worker_pool.h"
#include "data/synthetic.h"
#include "eval/device.h"
#include "nn/draws.h"
#include "support/catch.h"
#include "support/vector_targets.h"
#include "wrcor/core/error.h"
#include "wrcor/score/proxies.h"
#include "wrcor/score/ranking.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

const char* const connected =
    "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|nor_conv_1x1~0|avg_pool_3x3~1|skip_connect~2|";
const char* const dead = "|nor_conv_3x3~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2|";
const char* const empty = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|";

struct Fixture {
  NasBench201 space{MacroSettings{4, 1, 10, 32, 32}};
  Minibatch minibatch = draw_minibatch(*make_synthetic(), 8, true, 1);

  Evaluation evaluate(const std::string& arch, const EvaluatorOptions& options) const {
    return Evaluator(space, minibatch, options, at::kCPU).evaluate(space.parse(arch));
  }
};

/// The proxies that use only responses: a small and fast set.
EvaluatorOptions response_proxies() {
  EvaluatorOptions options;
  options.proxies = {"wrcor", "rcor", "acor", "gcor"};
  return options;
}

}  // namespace

TEST_CASE("wrcor equals the baseline", "[eval]") {
  const Fixture f;
  for (const Counting counting : {Counting::reference, Counting::paper}) {
    EvaluatorOptions options;
    options.counting = counting;
    const Genotype genotype = f.space.parse(connected);
    const WeightBank bank(9, Initialisation::standard, at::kCPU);
    const double score = *Evaluator(f.space, f.minibatch, options, at::kCPU)
                              .evaluate(genotype, bank)
                              .score("wrcor")
                              .value;
    const double baseline = baseline_wrcor(baseline_pass(
        f.space.plan(genotype), bank, f.minibatch.images, f.minibatch.labels, counting));
    CHECK(score == Approx(baseline).epsilon(1e-6));
  }
}

TEST_CASE("a proxy scores the same alone and in company", "[eval]") {
  const Fixture f;
  const Evaluation together = f.evaluate(connected, response_proxies());
  for (const std::string& name : response_proxies().proxies) {
    EvaluatorOptions options;
    options.proxies = {name};
    CHECK(*f.evaluate(connected, options).score(name).value == *together.score(name).value);
  }
}

TEST_CASE("a cell of none operations is degenerate, not an error", "[eval]") {
  const Fixture f;
  const Evaluation evaluation = f.evaluate(empty, response_proxies());
  CHECK(evaluation.status == Status::degenerate);
  CHECK(evaluation.reason == "disconnected");
  for (const auto& [name, score] : evaluation.scores) {
    INFO(name);
    CHECK_FALSE(score.value);
    CHECK(score.raw == -std::numeric_limits<double>::infinity());
  }
}

TEST_CASE("a disconnected cell is degenerate though some responses live", "[eval]") {
  const Fixture f;
  const Evaluation evaluation = f.evaluate(dead, response_proxies());
  CHECK(evaluation.reason == "disconnected");
  CHECK_FALSE(evaluation.score("acor").value);
  CHECK(std::isfinite(evaluation.score("acor").raw));
}

TEST_CASE("identical images give a constant output", "[eval]") {
  Fixture f;
  f.minibatch.images = f.minibatch.images.slice(0, 0, 1).repeat({8, 1, 1, 1});
  const Evaluation evaluation = f.evaluate(connected, response_proxies());
  CHECK(evaluation.status == Status::degenerate);
  CHECK(evaluation.reason == "constant_output");
}

TEST_CASE("repeats average over draws of weights", "[eval]") {
  const Fixture f;
  EvaluatorOptions options;
  options.repeats = 3;
  const double mean = *f.evaluate(connected, options).score("wrcor").value;
  options.repeats = 1;
  const double first = *f.evaluate(connected, options).score("wrcor").value;
  CHECK(mean != first);
  CHECK(mean == Approx(first).epsilon(0.1));
}

TEST_CASE("a request may be for the first of the repeats only", "[eval]") {
  const Fixture f;
  EvaluatorOptions options;
  options.repeats = 2;
  const Evaluator evaluator(f.space, f.minibatch, options, at::kCPU);
  CHECK(evaluator.repeats() == 2);
  const Genotype genotype = f.space.parse(connected);
  const Score both = evaluator.evaluate(genotype).score("wrcor");
  const Score first = evaluator.evaluate(genotype, 1).score("wrcor");
  REQUIRE(both.repeats.size() == 2);
  CHECK(first.value == both.repeats.front());
  CHECK(first.repeats.empty());
  CHECK(evaluator.evaluate_batch(std::vector<Genotype>{genotype}, 1).front().score("wrcor").value ==
        first.value);
  CHECK_THROWS_AS(evaluator.evaluate(genotype, 3), std::logic_error);
}

TEST_CASE("independent weights depend on the architecture, shared ones do not", "[eval]") {
  const Fixture f;
  EvaluatorOptions options;
  const double shared = *f.evaluate(connected, options).score("wrcor").value;
  options.weights_mode = WeightsMode::independent;
  const double independent = *f.evaluate(connected, options).score("wrcor").value;
  CHECK(shared != independent);
  CHECK(independent == *f.evaluate(connected, options).score("wrcor").value);
  options.seed = 1;
  CHECK(independent != *f.evaluate(connected, options).score("wrcor").value);
}

TEST_CASE("several threads give the bytes of one", "[eval][threads]") {
  const Fixture f;
  const Evaluator evaluator(f.space, f.minibatch, response_proxies(), at::kCPU);
  Rng rng(5);
  std::vector<Genotype> genotypes;
  for (int i = 0; i < 24; ++i) genotypes.push_back(f.space.sample(rng));
  const auto run = [&](int workers) {
    WorkerPool pool(workers, [] { configure_thread(1); });
    std::vector<std::future<Evaluation>> pending;
    for (const Genotype& genotype : genotypes)
      pending.push_back(pool.submit([&] { return evaluator.evaluate(genotype); }));
    std::string text;
    for (auto& evaluation : pending) text += to_json(evaluation.get()).dump() + "\n";
    return text;
  };
  const std::string one = run(1);
  CHECK(run(2) == one);
  CHECK(run(5) == one);
}

TEST_CASE("what a minibatch and a network disagree about is said", "[eval]") {
  Fixture f;
  f.minibatch.labels.fill_(10);
  CHECK_THROWS_AS(f.evaluate(connected, {}), UsageError);
  EvaluatorOptions unknown;
  unknown.proxies = {"wrcorr"};
  CHECK_THROWS_AS(Fixture().evaluate(connected, unknown), UsageError);
}

TEST_CASE("evaluations survive JSON to the last bit", "[eval][json]") {
  const Fixture f;
  for (const char* arch : {connected, dead, empty}) {
    const Evaluation evaluation = f.evaluate(arch, response_proxies());
    const std::string text = to_json(evaluation).dump();
    const Evaluation back = evaluation_from_json(nlohmann::ordered_json::parse(text));
    CHECK(to_json(back).dump() == text);
    CHECK(to_json(PackedEvaluation(evaluation).unpacked()).dump() == text);
    CHECK(back.score("wrcor").value == evaluation.score("wrcor").value);
    CHECK(back.score("gcor").raw == evaluation.score("gcor").raw);
    CHECK((text.find("null") == std::string::npos) == (arch == connected));
  }
}

TEST_CASE("a ranking does not depend on the order of its input", "[eval][ranking]") {
  const auto entry = [](const std::string& arch, std::optional<double> value) {
    Ranked ranked;
    ranked.arch = arch;
    Score score;
    score.value = value;
    score.status = value ? Status::ok : Status::degenerate;
    Evaluation evaluation;
    evaluation.scores = {{"wrcor", score}};
    ranked.evaluation = evaluation;
    return ranked;
  };
  std::vector<Ranked> entries{entry("d", {}),  entry("a", 1.0),  entry("c", 2.0),
                              entry("b", 2.0), entry("e", -1e9), entry("f", {})};
  Rng rng(1);
  for (int i = 0; i < 20; ++i) {
    rng.shuffle(entries);
    rank(entries, RankingRule::parse("wrcor"));
    std::string order;
    for (const Ranked& ranked : entries) order += ranked.arch;
    CHECK(order == "bcaedf");
  }
}

TEST_CASE("two identical images among others make the scores singular", "[eval]") {
  EvaluatorOptions options;
  options.proxies = {"wrcor", "rcor", "acor", "gcor", "naswot", "grad_hamming", "jacob_cor_logdet"};
  const auto require_singular = [&](const std::vector<std::pair<int, int>>& copies) {
    Fixture f;
    f.minibatch = draw_minibatch(*make_synthetic(), 18, true, 1);
    for (const auto& [from, to] : copies) {
      f.minibatch.images[to] = f.minibatch.images[from];
      f.minibatch.labels[to] = f.minibatch.labels[from];
    }
    for (const auto& [name, score] : f.evaluate(connected, options).scores) {
      INFO(name);
      CHECK(score.status == Status::degenerate);
      CHECK(score.reason == "singular");
    }
  };
  test::for_each_vector_target([&](const char* target) {
    INFO(target);
    for (int i = 0; i < 17; ++i) require_singular({{i, 17}});
    for (int j = 1; j < 17; ++j) require_singular({{0, j}});
    require_singular({{0, 1}, {0, 9}, {2, 16}, {3, 17}});
  });
}

TEST_CASE("given weights have the scores of the drawn ones that they are", "[eval]") {
  const Fixture f;
  EvaluatorOptions options;
  options.proxies = proxies().names();
  options.seed = 3;
  for (const WeightsMode mode : {WeightsMode::shared, WeightsMode::independent}) {
    options.weights_mode = mode;
    const Evaluator evaluator(f.space, f.minibatch, options, at::kCPU);
    const Genotype genotype = f.space.parse(connected);
    const WeightBank bank(weights_seed(3, 0, mode, f.space.format(genotype)),
                          options.initialisation, at::kCPU);
    CHECK(to_json(evaluator.evaluate(genotype, bank)) == to_json(evaluator.evaluate(genotype)));
  }
}

TEST_CASE("proxies that were published with noise receive it, or the images", "[eval]") {
  const Fixture f;
  EvaluatorOptions options;
  options.proxies = {"az_expressivity", "az_progressivity", "az_trainability"};
  const Genotype genotype = f.space.parse(connected);
  const WeightBank bank(1, Initialisation::standard, at::kCPU);
  const Noise noise(2, at::kCPU);
  const auto scores = [&](const Minibatch& minibatch, ProxyInput input, bool all) {
    options.proxy_input = input;
    if (all) options.proxies = proxies().names();
    const Evaluation evaluation =
        Evaluator(f.space, minibatch, options, at::kCPU).evaluate(genotype, bank, noise);
    std::vector<double> values;
    for (const char* name : {"az_expressivity", "az_progressivity", "az_trainability"})
      values.push_back(evaluation.score(name).value.value());
    return values;
  };
  Minibatch of_noise = f.minibatch;
  of_noise.images = noise.normal(0, f.minibatch.images.sizes());
  const auto published = scores(f.minibatch, ProxyInput::published, false);
  CHECK(published == scores(of_noise, ProxyInput::images, false));
  CHECK(published != scores(f.minibatch, ProxyInput::images, false));
  CHECK(published == scores(f.minibatch, ProxyInput::published, true));
}

TEST_CASE("a minibatch that lacks what a proxy needs is refused", "[eval]") {
  Fixture f;
  EvaluatorOptions options;
  options.proxies = {"wrcor", "feature_distance"};
  f.minibatch.labels.fill_(3);
  CHECK_THROWS_WITH(Evaluator(f.space, f.minibatch, options, at::kCPU),
                    ContainsSubstring("feature_distance needs images of two classes"));
  const Minibatch three = draw_minibatch(*make_synthetic(), 3, true, 1);
  options.proxies = {"zico"};
  CHECK_THROWS_WITH(
      Evaluator(f.space, three, options, at::kCPU),
      ContainsSubstring("proxy zico needs at least 4 images, the minibatch has 3 images"));
  CHECK_THROWS_AS(Evaluator(f.space, three, options, at::kCPU), UsageError);
}

TEST_CASE("zico depends on every image, an odd one, too", "[eval]") {
  Fixture f;
  EvaluatorOptions options;
  options.proxies = {"zico"};
  f.minibatch = draw_minibatch(*make_synthetic(), 9, true, 1);
  const double before = f.evaluate(connected, options).score("zico").value.value();
  f.minibatch.images[8] = -f.minibatch.images[8];
  CHECK(f.evaluate(connected, options).score("zico").value.value() != before);
}

TEST_CASE("a worker pool hands on results and errors", "[eval][threads]") {
  WorkerPool pool(2, [] {});
  CHECK(pool.submit([] { return 7; }).get() == 7);
  CHECK_THROWS_AS(pool.submit([]() -> int { throw RunError("no"); }).get(), RunError);
}

TEST_CASE("a pool that is stopped finishes what has started and drops the rest",
          "[eval][threads]") {
  WorkerPool pool(1, [] {});
  std::promise<void> started, go;
  auto running = pool.submit([&] {
    started.set_value();
    go.get_future().wait();
    return 1;
  });
  auto waiting = pool.submit([] { return 2; });
  started.get_future().wait();
  std::thread release([&] {
    waiting.wait();  // until it is dropped: the pool is stopping
    go.set_value();
  });
  pool.stop();
  release.join();
  CHECK(running.get() == 1);
  CHECK_THROWS_AS(waiting.get(), std::future_error);
}

TEST_CASE("devices are named, and an unusable one is an error that lists the others",
          "[eval][device]") {
  CHECK(resolve_device("cpu").is_cpu());
  CHECK_NOTHROW(resolve_device("auto"));
  CHECK(usable_devices().front() == "cpu");
  CHECK_THROWS_AS(resolve_device("cuda:63"), UsageError);
  CHECK(usable_cores() >= 1);
}
