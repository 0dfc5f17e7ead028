// Seconds a network of the plain way and of this program, in one run, on the same weights and the
// same minibatch:
//
//   wrcor_bench --networks 16 --workers 2
//
// Both use the same number of processors: the plain way as intra-op threads, this program as
// workers of one thread.

#include <ATen/Parallel.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <future>
#include <map>

#include "plain_way.h"
#include "wrcor/core/random.h"
#include "wrcor/data/builtin.h"
#include "wrcor/data/minibatch.h"
#include "wrcor/eval/device.h"
#include "wrcor/eval/evaluator.h"
#include "wrcor/eval/worker_pool.h"
#include "wrcor/space/nas_bench_201.h"

namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

int main(int argc, char** argv) {
  using namespace wrcor;
  CLI::App app("Seconds a network: the plain way against this program");
  int networks = 16, workers = 2, rounds = 3;
  std::string data = "synthetic", root;
  app.add_option("--networks", networks, "random cells of the sample");
  app.add_option("--workers", workers, "processors that either way uses");
  app.add_option("--rounds", rounds, "repetitions; the best of each way counts");
  app.add_option("--data", data, "data set of the minibatch");
  app.add_option("--data-root", root, "its folder");
  CLI11_PARSE(app, argc, argv);

  configure_process();
  configure_thread(workers);
  const NasBench201 space;
  const Minibatch minibatch = draw_minibatch(*datasets().find(data).make.open({root}), 64, true, 0);
  const WeightBank bank(0, Initialisation::standard, at::kCPU);
  const Evaluator evaluator(space, minibatch, {}, at::kCPU);
  Rng rng(2026);
  std::vector<Genotype> sample;
  while (static_cast<int>(sample.size()) < networks) {
    Genotype genotype = space.sample(rng);
    if (space.connected(genotype)) sample.push_back(std::move(genotype));
  }

  double plain_best = 1e300, ours_best = 1e300, worst_error = 0;
  WorkerPool pool(workers, [] { configure_thread(1); });
  for (int round = 0; round < rounds; ++round) {
    std::vector<double> plain_scores;
    Clock::time_point start = Clock::now();
    for (const Genotype& genotype : sample) {
      plain_scores.push_back(plain_wrcor(plain_pass(space.plan(genotype), bank, minibatch.images,
                                                    minibatch.labels, Counting::reference)));
    }
    plain_best = std::min(plain_best, seconds_since(start) / networks);

    start = Clock::now();
    std::vector<std::future<Evaluation>> pending;
    for (const Genotype& genotype : sample)
      pending.push_back(pool.submit([&] { return evaluator.evaluate(genotype, bank); }));
    for (std::size_t i = 0; i < pending.size(); ++i) {
      const double score = *pending[i].get().score("wrcor").value;
      worst_error =
          std::max(worst_error, std::abs(score - plain_scores[i]) / std::abs(plain_scores[i]));
    }
    ours_best = std::min(ours_best, seconds_since(start) / networks);
  }
  std::printf("networks %d, batch 64, C 16, N 5, %d processors, best of %d rounds\n", networks,
              workers, rounds);
  std::printf("plain way      %8.4f s a network\n", plain_best);
  std::printf("this program   %8.4f s a network\n", ours_best);
  std::printf("ratio          %8.2f\n", plain_best / ours_best);
  std::printf("largest relative difference of a score %.1e\n", worst_error);
}
