#include "eval/memory_policy.h"

#include <spdlog/spdlog.h>

#include "eval/device.h"

namespace wrcor {

Attempted<Evaluation> MemoryPolicy::evaluate(const std::string& architecture,
                                             const Attempt& attempt) {
  limit_free_memory();
  const auto with_all = [&] { return attempt(Activations::kept); };
  {
    const MemoryGate::Place place = gate_.enter();
    Attempted<Evaluation> tried = metered(with_all);
    if (tried.refused.by_bound) tried = evaluate_in_less(architecture, attempt);
    if (tried.result || tried.refused.by_bound) return tried;
  }
  const MemoryGate::Place alone = gate_.enter_alone();
  release_cached_memory(device_);
  Attempted<Evaluation> tried = metered(with_all);
  if (!tried.result) return evaluate_in_less(architecture, attempt);
  if (const std::optional<int> places = gate_.narrow())
    spdlog::warn("out of memory; from here on at most {} at a time", *places);
  return tried;
}

Attempted<Evaluation> MemoryPolicy::evaluate_in_less(const std::string& architecture,
                                                     const Attempt& attempt) {
  release_cached_memory(device_);
  Attempted<Evaluation> tried = metered([&] { return attempt(Activations::recomputed); });
  if (tried.result) {
    std::call_once(said_recomputed_, [&] {
      spdlog::info(
          "{} and perhaps others need more memory than is available: their activations are "
          "recomputed, which takes longer and changes no score",
          architecture);
    });
  }
  return tried;
}

std::string MemoryPolicy::describe(const OutOfMemory& refused) const {
  std::string text;
  if (refused.wanted_bytes)
    text += fmt::format(", a request for {} bytes was refused", *refused.wanted_bytes);
  if (refused.by_bound) text += fmt::format(" within the bound of {} MiB", *bound_ >> 20);
  return text;
}

/// Networks of many sizes fragment the heap. Returning its free pages to the system costs a page
/// fault for each page that is used again, so it is only done when a quarter more is resident than
/// the evaluations need.
void MemoryPolicy::limit_free_memory() {
  constexpr double margin = 1.25;
  if (!device_.is_cpu()) return;
  const double needed = margin * static_cast<double>(peak_) * gate_.most_together();
  if (static_cast<double>(resident_memory() - settled_) <= needed) return;
  release_free_memory();
  settled_ = resident_memory();
}

void MemoryPolicy::note_peak(std::int64_t bytes) {
  std::int64_t known = peak_;
  while (known < bytes && !peak_.compare_exchange_weak(known, bytes)) {
  }
}

}  // namespace wrcor
