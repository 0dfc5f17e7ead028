#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <ATen/ATen.h>

#include "nn/index_pool.h"

namespace wrcor {

/// Computes the members of a tensor from members of others. Each is the sum of one or more parts,
/// added term by term, so that its bits do not depend on the other members. The number of kernel
/// calls does not grow with the number of members and sources.
class MemberSum {
 public:
  /// A member of a source.
  struct Part {
    std::size_t source = 0;
    std::int64_t position = 0;
  };
  /// By member of the result: what is added, in order; at least one each.
  using Parts = std::vector<std::vector<Part>>;

  MemberSum() = default;
  /// @param members_of  number of members of a source
  /// @param pool  is uploaded before compute(), and before the sum is copied
  MemberSum(const Parts& parts, const std::function<std::size_t(std::size_t)>& members_of,
            IndexPool& pool);

  /// @param tensor_of  [N, members, ...] of a source
  /// @return [N, members, ...]; a source itself where nothing changes
  at::Tensor compute(const std::function<at::Tensor(std::size_t)>& tensor_of) const;

  const std::vector<std::size_t>& sources() const { return sources_; }
  /// By term: the number of members that are copied out of the sources for it; 0: all, without a
  /// copy.
  std::vector<std::int64_t> selected_members() const;

 private:
  struct Term {
    at::Tensor from;  ///< positions in the sources one after another; undefined: all, in order
    at::Tensor to;    ///< positions in the result; undefined: all, in order
  };

  std::vector<std::size_t> sources_;
  std::vector<Term> terms_;
};

}  // namespace wrcor
