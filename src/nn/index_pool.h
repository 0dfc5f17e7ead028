#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

namespace wrcor {

/// Lists of indices that go to a device in one transfer instead of thousands.
class IndexPool {
 public:
  /// @param target  set by upload(); must not move until then
  void add(const std::vector<std::int64_t>& indices, at::Tensor& target) {
    targets_.emplace_back(&target, indices.size());
    values_.insert(values_.end(), indices.begin(), indices.end());
  }

  void upload(const at::Device& device) {
    if (values_.empty()) return;
    const at::Tensor all = at::tensor(values_, at::kLong).to(device);
    std::int64_t start = 0;
    for (const auto& [target, size] : targets_) {
      *target = all.narrow(0, start, static_cast<std::int64_t>(size));
      start += static_cast<std::int64_t>(size);
    }
  }

 private:
  std::vector<std::int64_t> values_;
  std::vector<std::pair<at::Tensor*, std::size_t>> targets_;
};

}  // namespace wrcor
