#pragma once

#include <cstdint>
#include <vector>

#include <ATen/ATen.h>

namespace wrcor {

/// Sums of matrices of responses, [N, N] each, by row. Many responses are finished and added
/// together, in a number of kernel calls that does not depend on how many they are.
class ResponseSums {
 public:
  /// Turns products of responses into the matrices that are summed.
  /// @param products  [responses, N, N]
  /// @param features  [responses] int64 on their device
  /// @return [responses, N, N] float64
  using Finish = at::Tensor (*)(const at::Tensor& products, const at::Tensor& features);

  /// The row that a response adds to.
  struct Entry {
    std::int64_t response = 0;  ///< among those of one call of add()
    std::int64_t row = 0;
    std::int64_t multiplicity = 1;
  };

  ResponseSums(std::size_t rows, Finish finish)
      : rows_(rows), received_(rows, 0), finish_(finish) {}

  /// @param products  [responses, N, N]
  void add(const at::Tensor& products, std::int64_t features, const std::vector<Entry>& entries);

  /// [rows, N, N] float64 of everything so far; undefined when nothing was added.
  at::Tensor& sums();
  /// Whether anything was added to a row.
  bool received(std::size_t row) const { return received_[row] != 0; }
  /// Of the sums. @param samples  N
  std::int64_t bytes(std::int64_t samples) const {
    return static_cast<std::int64_t>(rows_) * samples * samples * 8;
  }

 private:
  void flush();

  std::size_t rows_;
  std::vector<char> received_;  ///< by row
  Finish finish_;
  at::Tensor sums_;
  std::vector<at::Tensor> pending_;     ///< products
  std::vector<std::int64_t> features_;  ///< by pending response
  std::vector<Entry> entries_;          ///< by which the pending responses are counted
};

}  // namespace wrcor
