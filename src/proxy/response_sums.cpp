#include "internal/response_sums.h"

#include <iterator>
#include <list>

#include "nn/index_pool.h"

namespace wrcor {
namespace {

/// Some of the pending responses, no two of which add to the same row: the order of additions does
/// not depend on the device.
struct Term {
  std::vector<std::int64_t> responses, rows, multiplicities;
  at::Tensor on_device[3];
};

std::list<Term> terms_of(const std::vector<ResponseSums::Entry>& entries, std::size_t rows) {
  std::list<Term> terms;
  std::vector<std::list<Term>::iterator> last(rows, terms.end());  // that adds to the row
  for (const ResponseSums::Entry& entry : entries) {
    auto& its = last[static_cast<std::size_t>(entry.row)];
    its = its == terms.end() ? terms.begin() : std::next(its);
    if (its == terms.end()) its = terms.emplace(terms.end());
    its->responses.push_back(entry.response);
    its->rows.push_back(entry.row);
    its->multiplicities.push_back(entry.multiplicity);
  }
  return terms;
}

}  // namespace

void ResponseSums::add(const at::Tensor& products, std::int64_t features,
                       const std::vector<Entry>& entries) {
  constexpr std::int64_t most_pending = std::int64_t{64} << 20;  // bytes
  const auto before = static_cast<std::int64_t>(features_.size());
  for (Entry entry : entries) {
    entry.response += before;
    entries_.push_back(entry);
    received_[static_cast<std::size_t>(entry.row)] = 1;
  }
  pending_.push_back(products);
  features_.insert(features_.end(), static_cast<std::size_t>(products.size(0)), features);
  const std::int64_t bytes_each = products.size(1) * products.size(2) * products.element_size();
  if (static_cast<std::int64_t>(features_.size()) * bytes_each > most_pending) flush();
}

void ResponseSums::flush() {
  if (pending_.empty()) return;
  const at::Tensor products = pending_.size() == 1 ? pending_.front() : at::cat(pending_);
  pending_.clear();
  at::Tensor features;
  std::list<Term> terms = terms_of(entries_, rows_);
  IndexPool pool;
  pool.add(features_, features);
  for (Term& term : terms) {
    pool.add(term.responses, term.on_device[0]);
    pool.add(term.rows, term.on_device[1]);
    pool.add(term.multiplicities, term.on_device[2]);
  }
  pool.upload(products.device());
  const at::Tensor matrices = finish_(products, features);
  if (!sums_.defined()) {
    sums_ = at::zeros({static_cast<std::int64_t>(rows_), products.size(1), products.size(2)},
                      matrices.options());
  }
  for (const Term& term : terms) {
    sums_.index_add_(
        0, term.on_device[1],
        matrices.index_select(0, term.on_device[0]).mul_(term.on_device[2].view({-1, 1, 1})));
  }
  features_.clear();
  entries_.clear();
}

at::Tensor& ResponseSums::sums() {
  flush();
  return sums_;
}

}  // namespace wrcor
