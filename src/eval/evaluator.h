#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "eval/batch_policy.h"
#include "eval/memory_policy.h"
#include "minibatch/minibatch.h"
#include "nn/response.h"
#include "nn/weights.h"
#include "proxy/proxy.h"
#include "score/pass_cost.h"
#include "score/response_part.h"
#include "wrcor/nn/initialisation.h"
#include "wrcor/score/evaluation.h"
#include "wrcor/score/proxies.h"

namespace wrcor {

struct EvaluatorOptions {
  std::vector<std::string> proxies = {"wrcor"};
  Counting counting = Counting::reference;
  ProxyInput proxy_input = ProxyInput::published;
  Initialisation initialisation = Initialisation::standard;
  WeightsMode weights_mode = WeightsMode::shared;
  int repeats = 1;         ///< draws of weights that a score is averaged over
  std::uint64_t seed = 0;  ///< of the weights and of the noise
  /// Bound on the tensors of an evaluation on the CPU, in bytes; nothing: no bound.
  std::optional<std::int64_t> memory_bound = {};
  /// Memory order of images on CUDA, and so of networks that are evaluated one by one.
  bool channels_last = true;
};

/// Turns genotypes into evaluations on one minibatch. Safe to use from several threads; a result
/// depends only on the options, the minibatch and the genotype, except for the last digits when it
/// is evaluated in a batch.
class Evaluator {
 public:
  /// @param space  outlives the evaluator
  /// @throws UsageError for unknown proxies, for a minibatch that the space's networks cannot read,
  /// and for one that lacks what a proxy needs
  Evaluator(const SearchSpace& space, Minibatch minibatch, EvaluatorOptions options,
            at::Device device);
  ~Evaluator();

  /// Number of draws of weights: the maximum of a request, and its default.
  int repeats() const { return options_.repeats; }

  /// Scores exactly this genotype, dead branches included.
  ///
  /// An evaluation that runs out of memory is repeated while no other one runs, and then once more
  /// with its activations recomputed (one that reaches the bound immediately so): neither changes a
  /// score. It has failed if that is not enough, and also, with the message as its reason, after
  /// any other error of libtorch.
  /// @throws RunError when the device no longer works
  Evaluation evaluate(const Genotype& genotype) const;
  /// The same, as the mean over the first of the repeats only. @param repeats  1 to repeats()
  Evaluation evaluate(const Genotype& genotype, int repeats) const;
  /// The same with weights from a file instead of drawn ones, and the noise of the first repeat.
  Evaluation evaluate(const Genotype& genotype, const WeightSource& weights) const;
  /// The same, also with the given noise.
  Evaluation evaluate(const Genotype& genotype, const WeightSource& weights,
                      const Noise& noise) const;

  /// Whether several genotypes can be evaluated as one batch: their weights are shared, and the
  /// proxies have requirements, but no passes of their own.
  bool batches() const;
  /// Evaluates several genotypes, as one batch if batches() and the memory suffices. The results
  /// equal those of evaluate() up to rounding.
  std::vector<Evaluation> evaluate_batch(std::span<const Genotype> genotypes) const;
  std::vector<Evaluation> evaluate_batch(std::span<const Genotype> genotypes, int repeats) const;

  /// The most bytes that a batch takes on the device, besides batch_overhead_bytes.
  std::int64_t batch_bytes(std::span<const Genotype> genotypes) const;

  /// The parts of K of WRCor, with the weights of the first repeat. @throws RunError
  std::vector<ResponsePart> response_parts(const Genotype& genotype) const;

  /// Evaluates with the weights of the first repeat and returns the cost of each pass.
  std::vector<PassCost> explain(const Genotype& genotype) const;

  at::Device device() const { return device_; }
  const Minibatch& minibatch() const { return minibatch_; }
  std::int64_t samples() const { return minibatch_.images.size(0); }
  /// Most bytes that the tensors of one evaluation, or of one batch, have taken on the CPU so far.
  std::int64_t peak_memory() const { return memory_.peak(); }

 private:
  struct NamedProxy {
    std::string name;
    std::unique_ptr<Proxy> proxy;
  };

  /// The random draws of a repeat.
  struct Draws {
    Draws(std::uint64_t weight_seed, std::uint64_t noise_seed, Initialisation initialisation,
          at::Device device)
        : weights(weight_seed, initialisation, device), noise(noise_seed, device) {}
    WeightBank weights;
    Noise noise;
  };

  std::unique_ptr<Draws> draw(int repeat, const Genotype& genotype) const;

  /// What `work` gives where the memory suffices; a failed evaluation otherwise.
  Evaluation attempt(const Genotype& genotype, const MemoryPolicy::Attempt& work) const;
  void require_draws(int repeats) const;
  Evaluation failure(const Genotype& genotype, const std::string& reason) const;

  Evaluation measure_repeats(const Genotype& genotype, int count, Activations activations) const;
  Evaluation measure(const Genotype& genotype, const NetworkPlan& plan, const WeightSource& weights,
                     const Noise& noise, Activations activations,
                     std::vector<PassCost>* costs = nullptr) const;
  std::vector<Evaluation> measure_batch(std::span<const Genotype> genotypes, int count) const;
  Score score_alone(const Genotype& genotype, const NamedProxy& entry,
                    const Observation& seen) const;
  /// The scores of a network from its complete observation.
  Evaluation scored(const Genotype& genotype, const Observation& seen,
                    std::vector<PassCost>* costs = nullptr) const;
  std::vector<PassCost> shared_costs(const Observation& seen) const;

  const SearchSpace& space_;
  Minibatch minibatch_;
  EvaluatorOptions options_;
  at::Device device_;
  std::vector<NamedProxy> proxies_;
  Requirements requirements_;
  std::vector<std::unique_ptr<Draws>> draws_;  ///< one a repeat, when weights are shared
  mutable MemoryPolicy memory_;
  mutable BatchPolicy batches_;
};

}  // namespace wrcor
