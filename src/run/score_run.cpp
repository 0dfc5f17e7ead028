#include "wrcor/run/score_run.h"

#include <chrono>
#include <deque>
#include <future>

#include "wrcor/core/hash.h"
#include "wrcor/core/version.h"
#include "wrcor/data/tensor_file.h"
#include "wrcor/eval/device.h"
#include "wrcor/eval/worker_pool.h"
#include "wrcor/nn/weights.h"
#include "wrcor/run/config_loader.h"
#include "wrcor/run/interrupt.h"
#include "wrcor/run/proxy_choice.h"

namespace wrcor {

void score_architectures(const Workbench& bench, const std::vector<Genotype>& architectures,
                         const EvaluationSink& sink, const ProgressSink& progress) {
  const InterruptGuard guard;
  const Evaluator& evaluator = *bench.evaluator;
  std::deque<std::future<Evaluation>> pending;
  ProgressState state;
  state.total = static_cast<std::int64_t>(architectures.size());
  const auto most_pending = static_cast<std::size_t>(2 * bench.workers);
  std::size_t next = 0;
  WorkerPool pool(bench.workers, [threads = bench.threads] { configure_thread(threads); });
  const auto refill = [&] {
    for (; next < architectures.size() && pending.size() < most_pending &&
           InterruptGuard::signal() == 0;
         ++next) {
      pending.push_back(pool.submit(
          [&evaluator, &genotype = architectures[next]] { return evaluator.evaluate(genotype); }));
    }
  };
  for (refill(); !pending.empty(); refill()) {
    while (pending.front().wait_for(std::chrono::milliseconds(50)) != std::future_status::ready) {
      if (progress) progress(state);
    }
    sink(bench.space->format(architectures[static_cast<std::size_t>(state.done)]),
         pending.front().get());
    pending.pop_front();
    state.evaluated = ++state.done;
    if (progress) progress(state);
  }
  if (state.done < state.total) {
    throw Interrupted(InterruptGuard::signal(), "interrupted after " + std::to_string(state.done) +
                                                    " of " + std::to_string(state.total) +
                                                    " architectures");
  }
}

Evaluation score_with_weights(const Workbench& bench, const Genotype& architecture,
                              const std::filesystem::path& weights) {
  const StateDict state(weights.string(), load_tensor_file(weights),
                        bench.space->plan(architecture), bench.evaluator->device());
  return bench.evaluator->evaluate(architecture, state);
}

std::string scoring_identity(const Config& config, const Workbench& bench,
                             const std::filesystem::path& weights) {
  const nlohmann::ordered_json all = result_config(config);
  nlohmann::ordered_json identity{{"version", version},
                                  {"space", all.at("space")},
                                  {"proxies", effective_proxies(config)},
                                  {"counting", all.at("score").at("counting")},
                                  {"batch", bench.batch.at("sha256")},
                                  {"threads", config.run.threads},
                                  {"device", bench.device_kind}};
  identity["seed"] = config.run.seed;  // of drawn weights, and of noise in any case
  if (weights.empty()) {
    for (const char* key : {"init", "weights_mode", "repeats"})
      identity[key] = all.at("score").at(key);
  } else {
    identity["weights"] = sha256_of_file(weights);
  }
  constexpr std::size_t digits = 12;
  return sha256_hex(identity.dump()).substr(0, digits);
}

}  // namespace wrcor
