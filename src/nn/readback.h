#pragma once

#include <vector>

#include <ATen/ATen.h>

namespace wrcor {

/// Copies tensors of one device to the host together: the host waits once instead of for each.
class Readback {
 public:
  /// @param tensor  read() replaces it by its copy; stays where it is until then. One that is
  ///                undefined, or on the host already, is left alone.
  void add(at::Tensor& tensor);

  void read();

 private:
  std::vector<at::Tensor*> tensors_;
};

/// The values of tensors of one element, all of one device.
std::vector<double> values_of(const std::vector<at::Tensor>& scalars);

}  // namespace wrcor
