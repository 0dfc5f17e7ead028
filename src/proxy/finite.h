#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/ATen.h>

namespace wrcor {

/// Ends the computation of a score that is undefined because one of its inputs is not finite.
/// score_of() turns it into a score with a reason.
class NotFinite final : public std::exception {
 public:
  /// @param what  the value that is not finite, as the reason names it: "gradient"
  explicit NotFinite(std::string what) : what_(std::move(what)) {}
  const char* what() const noexcept override { return what_.c_str(); }

 private:
  std::string what_;
};

/// @return the tensor. @throws NotFinite unless all of its values are finite
const at::Tensor& require_finite(const at::Tensor& tensor, std::string_view what);
/// The same for several tensors of one device, for which it waits once.
void require_finite(const std::vector<at::Tensor>& tensors, std::string_view what);
/// @return the value. @throws NotFinite unless it is finite
double require_finite(double value, std::string_view what);

/// @param matrix  [N, N] float64, symmetric, on any device
/// @return [N] float64 on the host, ascending
/// @throws NotFinite unless the matrix is finite
at::Tensor eigenvalues(const at::Tensor& matrix, std::string_view what);

/// @param matrices  [..., M, N] float64 on any device
/// @return [..., min(M, N)] float64 on the host, descending
/// @throws NotFinite unless the matrices are finite
at::Tensor singular_values(const at::Tensor& matrices, std::string_view what);

}  // namespace wrcor
