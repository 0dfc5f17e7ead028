#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>

#include <ATen/ATen.h>

#include "wrcor/nn/initialisation.h"
#include "wrcor/space/network_plan.h"

namespace wrcor {

/// Where a network gets its parameters from.
class WeightSource {
 public:
  virtual ~WeightSource() = default;
  /// @return float32 tensor of the parameter's shape on the source's device, not to be written to
  virtual at::Tensor get(const Parameter& parameter) const = 0;
};

/// Initial weights as a function of (seed, parameter name, shape), never of the order in which
/// networks are built: two networks that share a slot share its tensor. Drawn once, kept, safe to
/// use from several threads.
class WeightBank final : public WeightSource {
 public:
  WeightBank(std::uint64_t seed, Initialisation initialisation, at::Device device);
  at::Tensor get(const Parameter& parameter) const override;

 private:
  std::uint64_t seed_;
  Initialisation initialisation_;
  at::Device device_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, at::Tensor> drawn_;
};

/// Weights from a state dict, such as a file written by `torch.save` in Python.
class StateDict final : public WeightSource {
 public:
  /// Checks `tensors` against the network: exactly its parameters and batch-norm statistics, with
  /// their shapes and types, and finite. Counters of minibatches may be missing: they are 0 then.
  /// A prefix of all names, such as `module.` of PyTorch's DataParallel, is left out, with a
  /// message.
  /// @throws DataError that names every missing, unknown or mismatched tensor, or those that are
  /// not finite (the first ten of each kind).
  /// @param origin  the file, for messages
  StateDict(const std::string& origin, std::map<std::string, at::Tensor> tensors,
            const NetworkPlan& plan, at::Device device);
  at::Tensor get(const Parameter& parameter) const override;

  /// All of them, by the names of the network.
  const std::map<std::string, at::Tensor>& tensors() const { return tensors_; }

 private:
  std::map<std::string, at::Tensor> tensors_;
};

}  // namespace wrcor
