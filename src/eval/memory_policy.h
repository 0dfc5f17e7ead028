#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <c10/core/Device.h>

#include "core/out_of_memory.h"
#include "eval/memory_gate.h"
#include "eval/memory_meter.h"
#include "nn/pass.h"
#include "wrcor/score/evaluation.h"

namespace wrcor {

/// What an attempt gave, or the request for memory that was refused.
template <typename Result>
struct Attempted {
  std::optional<Result> result = {};
  OutOfMemory refused = {};
};

/// How evaluations share the memory, and what happens when it is too small for one of them.
/// Safe to use from several threads.
class MemoryPolicy {
 public:
  using Attempt = std::function<Evaluation(Activations)>;

  /// @param bound  bytes that the tensors of one attempt on the CPU may take at a time; nothing: no
  ///               bound
  MemoryPolicy(c10::Device device, std::optional<std::int64_t> bound)
      : device_(device), bound_(bound) {}

  /// An attempt that runs out of memory is repeated while no other one runs, and then once more
  /// with its activations recomputed (an attempt that reaches the bound skips the first
  /// repetition).
  /// @param architecture  for messages
  /// @throws any error of the attempt that is not about memory
  Attempted<Evaluation> evaluate(const std::string& architecture, const Attempt& attempt);

  /// A single attempt, while others run. @throws as evaluate()
  template <typename Work>
  auto attempt_once(const Work& work) -> Attempted<decltype(work())> {
    const MemoryGate::Place place = gate_.enter();
    return metered(work);
  }

  /// Describes a refused request, in words that follow "out of memory".
  std::string describe(const OutOfMemory& refused) const;

  c10::Device device() const { return device_; }
  /// Most bytes that the tensors of one attempt have taken on the CPU so far.
  std::int64_t peak() const { return peak_; }

 private:
  template <typename Work>
  auto metered(const Work& work) -> Attempted<decltype(work())> {
    MemoryMeter meter(bound_);
    try {
      auto result = work();
      note_peak(meter.peak());
      return {std::move(result)};
    } catch (const std::exception& error) {
      note_peak(meter.peak());
      std::optional<OutOfMemory> refused = as_out_of_memory(error);
      if (!refused) throw;
      refused->by_bound = meter.reached_bound();
      return {std::nullopt, *refused};
    }
  }

  Attempted<Evaluation> evaluate_in_less(const std::string& architecture, const Attempt& attempt);
  void note_peak(std::int64_t bytes);
  void limit_free_memory();

  c10::Device device_;
  std::optional<std::int64_t> bound_;
  MemoryGate gate_;
  std::atomic<std::int64_t> peak_{0};
  std::atomic<std::int64_t> settled_{0};  ///< resident bytes without free memory, when last seen
  std::once_flag said_recomputed_;
};

}  // namespace wrcor
