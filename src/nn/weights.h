#pragma once

#include <cstdint>
#include <filesystem>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

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

/// Initial weights as a function of the seed and of the parameter's name, shape and fan-in, never
/// of the order in which networks are built: two networks that share a slot share its tensor.
/// Tensors are kept up to a limit; the least recently used are dropped first, and are drawn again
/// when needed, with the same values. Safe to use from several threads.
class WeightBank final : public WeightSource {
 public:
  static constexpr std::int64_t usual_limit = std::int64_t{128} << 20;

  /// @param limit  bytes that are kept
  WeightBank(std::uint64_t seed, Initialisation initialisation, at::Device device,
             std::int64_t limit = usual_limit);
  at::Tensor get(const Parameter& parameter) const override;

 private:
  std::uint64_t seed_;
  Initialisation initialisation_;
  at::Device device_;
  std::int64_t limit_;

  struct Kept {
    std::string key;  ///< name, shape and fan-in
    at::Tensor tensor;
  };
  /// The tensor kept under a key, which then counts as the last one used; undefined if none is
  /// kept.
  at::Tensor find(const std::string& key) const;
  void keep(const std::string& key, const at::Tensor& tensor) const;

  mutable std::mutex mutex_;
  mutable std::list<Kept> kept_;  ///< the last one used is the first
  mutable std::unordered_map<std::string, std::list<Kept>::iterator> by_key_;
  mutable std::int64_t bytes_ = 0;
};

/// Weights from a state dict, such as a file written by `torch.save` in Python.
class StateDict final : public WeightSource {
 public:
  /// Checks `tensors` against the network: exactly its parameters and batch-norm statistics, with
  /// their shapes and types, and finite. Counters of minibatches may be missing: they are 0 then.
  /// A common prefix of all names, such as `module.` of PyTorch's DataParallel, is removed, with a
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
