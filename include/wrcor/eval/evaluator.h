#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "wrcor/data/minibatch.h"
#include "wrcor/eval/evaluation.h"
#include "wrcor/nn/initialisation.h"
#include "wrcor/nn/response.h"
#include "wrcor/nn/weights.h"
#include "wrcor/proxy/proxy.h"

namespace wrcor {

struct EvaluatorOptions {
  std::vector<std::string> proxies = {"wrcor"};
  Counting counting = Counting::reference;
  Initialisation initialisation = Initialisation::standard;
  WeightsMode weights_mode = WeightsMode::shared;
  int repeats = 1;         ///< draws of weights that a score is averaged over
  std::uint64_t seed = 0;  ///< of the weights
};

/// Turns genotypes into evaluations on one minibatch. Safe to use from several threads; a result
/// depends on nothing but the options, the minibatch and the genotype.
class Evaluator {
 public:
  /// @param space  outlives the evaluator
  /// @throws UsageError for unknown proxies and for a minibatch that the space's networks cannot
  /// read
  Evaluator(const SearchSpace& space, Minibatch minibatch, EvaluatorOptions options,
            at::Device device);
  ~Evaluator();

  /// Scores exactly this genotype, dead branches included.
  /// Running out of memory gives a failed evaluation.
  /// @throws RunError for any other error of libtorch
  Evaluation evaluate(const Genotype& genotype) const;
  /// The same with weights from a file instead of drawn ones.
  Evaluation evaluate(const Genotype& genotype, const WeightSource& weights) const;

  at::Device device() const { return device_; }

 private:
  struct NamedProxy {
    std::string name;
    std::unique_ptr<Proxy> proxy;
  };

  Evaluation measure(const Genotype& genotype, const NetworkPlan& plan,
                     const WeightSource& weights) const;
  std::uint64_t weight_seed(int repeat, const Genotype& genotype) const;

  const SearchSpace& space_;
  Minibatch minibatch_;
  EvaluatorOptions options_;
  at::Device device_;
  std::vector<NamedProxy> proxies_;
  Requirements requirements_;
  std::vector<std::unique_ptr<WeightBank>> banks_;  ///< one a repeat, when weights are shared
};

}  // namespace wrcor
