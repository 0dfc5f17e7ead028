#include "nn/member_sum.h"

#include <algorithm>
#include <map>

namespace wrcor {
namespace {

bool counts_to(const std::vector<std::int64_t>& positions, std::size_t count) {
  if (positions.size() != count) return false;
  for (std::size_t i = 0; i < count; ++i) {
    if (positions[i] != static_cast<std::int64_t>(i)) return false;
  }
  return true;
}

}  // namespace

MemberSum::MemberSum(const Parts& parts, const std::function<std::size_t(std::size_t)>& members_of,
                     IndexPool& pool) {
  std::map<std::size_t, std::int64_t> first_of;  // by source: its first place among all
  std::size_t most = 0;
  for (const auto& of_one : parts) {
    most = std::max(most, of_one.size());
    for (const Part& part : of_one) first_of[part.source] = 0;
  }
  std::int64_t places = 0;
  for (auto& [source, first] : first_of) {
    sources_.push_back(source);
    first = places;
    places += static_cast<std::int64_t>(members_of(source));
  }
  terms_.resize(most);
  for (std::size_t k = 0; k < most; ++k) {
    std::vector<std::int64_t> from, to;
    for (std::size_t member = 0; member < parts.size(); ++member) {
      if (parts[member].size() <= k) continue;
      const Part& part = parts[member][k];
      from.push_back(first_of.at(part.source) + part.position);
      to.push_back(static_cast<std::int64_t>(member));
    }
    if (!counts_to(from, static_cast<std::size_t>(places))) pool.add(from, terms_[k].from);
    if (!counts_to(to, parts.size())) pool.add(to, terms_[k].to);
  }
}

at::Tensor MemberSum::compute(const std::function<at::Tensor(std::size_t)>& tensor_of) const {
  std::vector<at::Tensor> tensors;
  for (const std::size_t source : sources_) tensors.push_back(tensor_of(source));
  const at::Tensor all = tensors.size() == 1 ? tensors.front() : at::cat(tensors, 1);
  const auto selected = [&](const Term& term) {
    return term.from.defined() ? all.index_select(1, term.from) : all;
  };
  at::Tensor total = selected(terms_.front());
  for (std::size_t k = 1; k < terms_.size(); ++k) {
    const Term& term = terms_[k];
    const bool is_new = k > 1 || terms_.front().from.defined();
    if (!term.to.defined()) {
      total = is_new ? total.add_(selected(term)) : total + selected(term);
    } else {  // no position twice: the same bits on every device
      if (!is_new) total = total.clone();
      total.index_add_(1, term.to, selected(term));
    }
  }
  return total;
}

std::vector<std::int64_t> MemberSum::selected_members() const {
  std::vector<std::int64_t> all;
  for (const Term& term : terms_) all.push_back(term.from.defined() ? term.from.size(0) : 0);
  return all;
}

}  // namespace wrcor
