#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "core/at_index.h"
#include "nn/network_batch.h"
#include "nn/readback.h"

// Tensors of the members of a batch, as the parts of its measurement keep them.
namespace wrcor {

inline std::int64_t as_size(std::size_t count) { return static_cast<std::int64_t>(count); }

/// Tensors in order of arrival, each of the members of a step.
struct OfMembers {
  std::vector<NetworkBatch::Member> members;
  at::Tensor values;
};
using AllOfMembers = std::list<OfMembers>;  // elements do not move before they are read

inline void collect_all(AllOfMembers& all, Readback& readback) {
  for (OfMembers& one : all) readback.add(one.values);
}

inline void keep(AllOfMembers& all, std::span<const NetworkBatch::Member> members,
                 at::Tensor values) {
  all.push_back({{members.begin(), members.end()}, std::move(values)});
}

/// Calls visit(member, number) for all members.
template <typename Visit>
void for_each_member(std::span<const NetworkBatch::Member> members, const Visit& visit) {
  for (std::size_t k = 0; k < members.size(); ++k) visit(members[k], as_size(k));
}

/// The values of every member, by network and in the order of the layers. The first dimension of
/// the values is that of the members.
inline std::vector<std::map<int, at::Tensor>> by_layer(const AllOfMembers& all,
                                                       std::size_t networks) {
  std::vector<std::map<int, at::Tensor>> result(networks);
  for (const OfMembers& one : all) {
    for_each_member(one.members, [&](const NetworkBatch::Member& member, std::int64_t k) {
      result[at_index(member.network)][member.layer] = one.values[k];
    });
  }
  return result;
}

/// Some of the members of a tensor [N, members, ...]: without indices, which would be uploaded.
inline at::Tensor select_members(const at::Tensor& values,
                                 const std::vector<std::int64_t>& positions) {
  std::vector<at::Tensor> parts;
  for (const std::int64_t position : positions) parts.push_back(values.narrow(1, position, 1));
  return at::cat(parts, 1);
}

/// Whether all values of each member are finite. @param values  [members, ...]
inline at::Tensor finite_members(const at::Tensor& values) {
  return values.isfinite().flatten(1).all(1);
}

}  // namespace wrcor
