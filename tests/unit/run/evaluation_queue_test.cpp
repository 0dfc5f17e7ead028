#include "run/evaluation_queue.h"
#include "eval/evaluator.h"

#include <atomic>

#include "data/synthetic.h"
#include "support/catch.h"
#include "wrcor/core/error.h"
#include "wrcor/core/random.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

constexpr std::chrono::milliseconds long_enough(600'000);

Workbench bench_of(int networks_per_batch, const std::string& proxy = "wrcor") {
  Workbench bench;
  auto space = std::make_unique<NasBench201>(MacroSettings{4, 1, 10, 32, 32});
  EvaluatorOptions options;
  options.proxies = {proxy};
  bench.evaluator = std::make_unique<Evaluator>(
      *space, draw_minibatch(*make_synthetic(), 8, true, 1), options, at::kCPU);
  bench.space = std::move(space);
  bench.conditions.networks_per_batch = networks_per_batch;
  return bench;
}

std::vector<Genotype> cells(const SearchSpace& space, int count) {
  Rng rng(6);
  std::vector<Genotype> all;
  for (int i = 0; i < count; ++i) all.push_back(space.sample(rng));
  return all;
}

}  // namespace

TEST_CASE("consecutive genotypes are batches, the last one as large as it is", "[run][queue]") {
  const Workbench bench = bench_of(4);
  std::atomic<int> batches{0}, done{0};
  EvaluationQueue queue(bench, {2, bench.conditions.networks_per_batch},
                        {[&] { ++batches; },
                         [&](const std::vector<Genotype>& of, const std::vector<Evaluation>&) {
                           done += static_cast<int>(of.size());
                         }});
  std::vector<PendingEvaluation> pending;
  const std::vector<Genotype> genotypes = cells(*bench.space, 10);
  CHECK_FALSE(queue.seconds_left(1, 1e6));
  for (const Genotype& genotype : genotypes) pending.push_back(queue.submit(genotype));
  for (std::size_t i = 0; i < pending.size(); ++i) {
    REQUIRE(pending[i].wait_for(long_enough));
    INFO(i);
    const Evaluation evaluation = pending[i].get();
    const Evaluation alone = bench.evaluator->evaluate(genotypes[i]);
    CHECK(evaluation.status == alone.status);
    CHECK(evaluation.score("wrcor").raw == Approx(alone.score("wrcor").raw).epsilon(1e-5));
  }
  CHECK(batches == 3);
  CHECK(done == 10);
  CHECK(*queue.seconds_left(1, 1e6) > 0);
}

TEST_CASE("who waits for a result starts the batch that it is in", "[run][queue]") {
  const Workbench bench = bench_of(100);
  EvaluationQueue queue(bench, {1, bench.conditions.networks_per_batch});
  const std::vector<Genotype> genotypes = cells(*bench.space, 3);
  PendingEvaluation first = queue.submit(genotypes[0]), second = queue.submit(genotypes[1]);
  REQUIRE(first.wait_for(long_enough));
  CHECK(second.wait_for(long_enough));
  PendingEvaluation third = queue.submit(genotypes[2]);
  REQUIRE(third.wait_for(long_enough));
}

TEST_CASE("a queue that stops drops what has not started", "[run][queue]") {
  const Workbench bench = bench_of(100);
  EvaluationQueue queue(bench, {1, bench.conditions.networks_per_batch});
  PendingEvaluation pending = queue.submit(cells(*bench.space, 1).front());
  queue.stop();
  CHECK_THROWS_AS(pending.get(), std::future_error);
}

TEST_CASE("what a hook throws is the result of all that it concerns", "[run][queue]") {
  const Workbench bench = bench_of(2);
  EvaluationQueue queue(bench, {1, bench.conditions.networks_per_batch},
                        {[] { throw RunError("the folder is gone"); }, {}});
  for (const Genotype& genotype : cells(*bench.space, 2)) {
    PendingEvaluation pending = queue.submit(genotype);
    REQUIRE(pending.wait_for(long_enough));
    CHECK_THROWS_AS(pending.get(), RunError);
  }
}

TEST_CASE("a known evaluation is there at once", "[run][queue]") {
  Evaluation known;
  known.reason = "known";
  PendingEvaluation pending(known);
  REQUIRE(pending.valid());
  CHECK(pending.wait_for(std::chrono::milliseconds(0)));
  CHECK(pending.get().reason == "known");
}
