#include "search/search_course.h"

#include <algorithm>
#include <utility>

#include "wrcor/core/error.h"

namespace wrcor {

/// A strategy that learns from its outcomes sees the outcomes of all proposals except the last
/// window.
SearchCourse::SearchCourse(const SearchSpec& spec, const SearchSpace& space,
                           const RankingRule& rule, std::int64_t not_learning)
    : standings_(rule),
      space_(space, spec.limits, spec.options.dedupe),
      dedupe_(spec.options.dedupe),
      minimize_(spec.minimize),
      strategy_(spec.make_strategy(
          space_,
          [this](const Outcome& a, const Outcome& b) {
            return standings_.prefers(a.number, b.number);
          },
          [this](const Outcome& outcome) { return standings_.value(outcome.number); })),
      in_flight_(strategy_->learns() ? spec.window : std::max(spec.window, not_learning)) {
  const std::optional<std::uint64_t> all = strategy_->proposals();
  most_proposals_ = spec.most_proposals(all);
  knows_all_ = all && most_proposals_ == static_cast<std::int64_t>(*all);
}

CourseStep SearchCourse::step() {
  if (ended_by_ && pending_.empty()) return CourseStep::ended;
  if (ended_by_ || std::ssize(pending_) == in_flight_) return tell_oldest();
  if (counts_.asked == most_proposals_) {
    ended_by_ = knows_all_ ? EndedBy::exhausted : EndedBy::budget;
    return step();
  }
  return propose();
}

/// Unless its class is still being evaluated.
CourseStep SearchCourse::tell_oldest() {
  const Proposal& oldest = pending_.front();
  ProposedClass& of = *oldest.of;
  if (of.number == standings_.size()) {
    if (!of.outcome) return CourseStep::blocked;
    standings_.add(*of.outcome);
    of.outcome.reset();
    note_leader(of.number);
  }
  strategy_->tell({oldest.genotype, standings_.value(of.number), of.number,
                   standings_.scores(of.number), of.costs});
  pending_.pop_front();
  return CourseStep::told;
}

CourseStep SearchCourse::propose() {
  std::optional<Genotype> genotype = ask();
  if (!genotype) {
    ended_by_ = EndedBy::exhausted;
    return step();
  }
  Genotype representative = space_.representative(*genotype, dedupe_);
  std::string arch = space_.format(representative);
  auto entry = by_arch_.find(arch);
  const bool is_new = entry == by_arch_.end();
  if (is_new) {
    ProposedClass& of = classes_.emplace_back(
        ProposedClass{classes_.size(), arch, std::move(representative), counts_.asked});
    // Feasible architectures have them all.
    for (const std::string& name : minimize_)
      of.costs.push_back(space_.cost(name, of.representative).value());
    entry = by_arch_.emplace(std::move(arch), &of).first;
  }
  pending_.push_back({*std::move(genotype), entry->second, space_.rejected()});
  ++counts_.asked;
  return is_new ? CourseStep::met : CourseStep::repeated;
}

/// A strategy that finds no further feasible architecture ends the search; earlier results are
/// kept.
std::optional<Genotype> SearchCourse::ask() {
  try {
    return strategy_->ask();
  } catch (const NoFeasibleError& error) {
    if (classes_.empty()) throw;
    why_none_ = error.what();
    return std::nullopt;
  }
}

void SearchCourse::note_leader(std::size_t number) {
  if (standings_.rule().is_vote()) return;
  const std::optional<double> value = standings_.value(number);
  if (value && (!leader_ || *value > *standings_.value(*leader_))) leader_ = number;
}

void SearchCourse::settle(const ProposedClass& of, MemberScores scores) {
  classes_[of.number].outcome = std::move(scores);
}

void SearchCourse::withdraw_newest(EndedBy reason) {
  by_arch_.erase(classes_.back().arch);
  pending_.pop_back();
  classes_.pop_back();
  --counts_.asked;
  ended_by_ = reason;
}

void SearchCourse::withdraw_untold(EndedBy reason) {
  rejected_ = pending_.front().rejected;
  counts_.asked = told();
  pending_.clear();
  while (classes_.size() > standings_.size()) {
    by_arch_.erase(classes_.back().arch);
    classes_.pop_back();
  }
  ended_by_ = reason;
}

SearchCounts SearchCourse::counts() const {
  SearchCounts counts = counts_;
  const Rejections& rejected = rejected_ ? *rejected_ : space_.rejected();
  counts.infeasible = rejected.all;
  counts.without_cost = rejected.without_cost;
  counts.distinct = std::ssize(classes_);
  return counts;
}

std::vector<const ProposedClass*> SearchCourse::best() const {
  std::vector<const ProposedClass*> best;
  std::optional<double> highest;
  for (std::size_t number = 0; number < standings_.size(); ++number) {
    const std::optional<double> value = standings_.value(number);
    if (!value || value < highest) continue;
    if (value > highest) best.clear();
    highest = value;
    best.push_back(&classes_[number]);
  }
  return best;
}

}  // namespace wrcor
