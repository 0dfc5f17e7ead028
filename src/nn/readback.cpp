#include "nn/readback.h"

#include <algorithm>
#include <cstdint>

namespace wrcor {

void Readback::add(at::Tensor& tensor) {
  if (tensor.defined() && !tensor.is_cpu()) tensors_.push_back(&tensor);
}

void Readback::read() {
  if (tensors_.empty()) return;
  // Largest elements first: each tensor then starts at a multiple of its own.
  std::stable_sort(tensors_.begin(), tensors_.end(), [](const auto* a, const auto* b) {
    return a->element_size() > b->element_size();
  });
  std::vector<at::Tensor> bytes;
  for (const at::Tensor* tensor : tensors_) bytes.push_back(tensor->flatten().view(at::kByte));
  const at::Tensor all = at::cat(bytes).cpu();
  std::int64_t start = 0;
  for (std::size_t i = 0; i < tensors_.size(); ++i) {
    at::Tensor& tensor = *tensors_[i];
    const at::Tensor mine = all.narrow(0, start, bytes[i].numel());
    start += bytes[i].numel();
    tensor = mine.view(tensor.scalar_type()).view(tensor.sizes());
  }
  tensors_.clear();
}

std::vector<double> values_of(const std::vector<at::Tensor>& scalars) {
  if (scalars.empty()) return {};
  const at::Tensor all = at::stack(scalars).to(at::kDouble).cpu().contiguous();
  return {all.data_ptr<double>(), all.data_ptr<double>() + all.numel()};
}

}  // namespace wrcor
