#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "score/standings.h"
#include "wrcor/search/search_spec.h"
#include "wrcor/search/strategy.h"
#include "wrcor/space/constrained_space.h"

namespace wrcor {

/// The outcomes of all proposals of a run.
struct SearchCounts {
  std::int64_t asked = 0;       ///< proposals, duplicates included
  std::int64_t distinct = 0;    ///< classes among them
  std::int64_t ok = 0;          ///< classes by status
  std::int64_t degenerate = 0;  ///< without any score that is defined
  std::int64_t failed = 0;
  /// Genotypes drawn, mutated or listed that the constraints rejected before they were proposed.
  std::int64_t infeasible = 0;
  std::int64_t without_cost = 0;  ///< of those, for lack of a cost in the table of costs
  std::int64_t refined = 0;  ///< classes at the top that have all repeats, where others have one
  std::int64_t not_applicable = 0;  ///< classes that no score is defined for
};

/// What ended a search; exhausted: nothing was left to propose.
enum class EndedBy { budget, max_seconds, exhausted };

/// A class of architectures that a search has proposed.
struct ProposedClass {
  std::size_t number = 0;  ///< from 0, in the order of first proposals, which is that of tell()
  std::string arch;        ///< of the representative, which is what is evaluated
  Genotype representative;
  std::int64_t first_seen = 0;               ///< number of the proposal that first met it
  std::vector<double> costs = {};            ///< that are minimised
  std::optional<MemberScores> outcome = {};  ///< settled, but not told yet
};

/// The next step of a course, which it has just made or cannot make.
enum class CourseStep {
  met,       ///< proposed newest(), a new class, which must be evaluated
  repeated,  ///< proposed a known class
  told,      ///< told the strategy the oldest outcome
  blocked,   ///< nothing, until oldest() is settled
  ended,     ///< nothing, all proposals are told
};

/// The course of one search, whatever evaluates: asks the strategy, finds the class of each
/// proposal, and tells the outcomes in the order of asking, a fixed window later. Evaluations may
/// arrive in any order and at any time; the course is a function of them alone. It has no clock,
/// thread or file.
class SearchCourse {
 public:
  /// @param space    outlives the course
  /// @param not_learning  most proposals in flight of a strategy that does not learn, if more than
  ///                      the window
  SearchCourse(const SearchSpec& spec, const SearchSpace& space, const RankingRule& rule,
               std::int64_t not_learning = 0);
  SearchCourse(const SearchCourse&) = delete;
  SearchCourse& operator=(const SearchCourse&) = delete;

  /// Makes the next step.
  /// @throws NoFeasibleError when there is no feasible architecture at all
  CourseStep step();

  /// Of the proposals.
  const ProposedClass& newest() const { return *pending_.back().of; }
  const ProposedClass& oldest() const { return *pending_.front().of; }

  /// Enters the evaluation of a class.
  void settle(const ProposedClass& of, MemberScores scores);

  /// Withdraws the newest proposal, which met a new class, and asks for no more.
  void withdraw_newest(EndedBy reason);
  /// Withdraws all proposals that are not told, and ends: as if the search had asked for no more
  /// than are told. The draws before the first of them count.
  void withdraw_untold(EndedBy reason);

  /// Whether nothing more will be asked; outcomes in flight may still have to be told.
  bool asks_no_more() const { return ended_by_.has_value(); }
  /// Once it asks no more.
  EndedBy ended_by() const { return ended_by_.value(); }
  /// Why the strategy found no further proposal, if that ended the search.
  const std::string& why_none() const { return why_none_; }

  /// Most proposals that will be asked for.
  std::int64_t most_proposals() const { return most_proposals_; }
  std::int64_t in_flight() const { return in_flight_; }
  std::int64_t told() const { return counts_.asked - std::ssize(pending_); }
  std::size_t met() const { return classes_.size(); }
  /// The proposals, classes and draws so far. The statuses are not known here.
  SearchCounts counts() const;

  const ConstrainedSpace& space() const { return space_; }
  const Standings& standings() const { return standings_; }
  /// All classes by number.
  const std::deque<ProposedClass>& classes() const { return classes_; }
  /// The first that has the highest score of all that are told; null in a vote, which has no best
  /// score.
  const ProposedClass* leader() const { return leader_ ? &classes_[*leader_] : nullptr; }
  /// Those of the highest value among all that are told; empty when none has a value.
  std::vector<const ProposedClass*> best() const;

 private:
  struct Proposal {
    Genotype genotype;
    ProposedClass* of = nullptr;
    Rejections rejected = {};  ///< up to this proposal
  };

  CourseStep tell_oldest();
  CourseStep propose();
  std::optional<Genotype> ask();
  void note_leader(std::size_t number);

  Standings standings_;  ///< of the classes known to the strategy
  ConstrainedSpace space_;
  Dedupe dedupe_;
  std::vector<std::string> minimize_;
  std::unique_ptr<SearchStrategy> strategy_;
  std::int64_t in_flight_;  ///< most proposals that are not told
  std::int64_t most_proposals_;
  bool knows_all_ = false;             ///< the budget reaches the last of all proposals
  std::deque<ProposedClass> classes_;  ///< by number
  std::map<std::string, ProposedClass*, std::less<>> by_arch_;
  std::deque<Proposal> pending_;
  std::optional<std::size_t> leader_;
  std::optional<EndedBy> ended_by_;
  std::string why_none_;
  std::optional<Rejections> rejected_;  ///< at the end, if it withdrew proposals
  SearchCounts counts_;
};

}  // namespace wrcor
