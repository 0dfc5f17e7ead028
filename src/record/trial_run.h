#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "record/run_directory.h"
#include "record/run_folder.h"
#include "record/trial.h"
#include "record/trial_journal.h"
#include "search/search_course.h"
#include "wrcor/config/run_spec.h"

namespace wrcor {

/// A search whose architectures another program trains. It lives in a folder rather than in a
/// process: an object opens the folder, repeats the course of the search from the journal, asks or
/// tells, and is destroyed.
///
/// The trial of an id is a function of the settings and of the outcomes of the trials before it, up
/// to a window of proposals: neither the order in which outcomes are told nor how many trials are
/// asked for at a time changes it.
class TrialRun {
 public:
  /// Opens the run of a folder, as soon as no other process has it open; a folder without one
  /// becomes its own with the first trial. A larger budget than the recorded one is recorded.
  /// @param settings  reads those of the run, when no other process can change them
  /// @throws UsageError when the folder holds something else, or trials with other settings, or
  ///         another process keeps it; DataError for a damaged journal; RunError
  TrialRun(const RunDirectory& directory, const std::function<RunSpec()>& settings);
  TrialRun(const TrialRun&) = delete;
  TrialRun& operator=(const TrialRun&) = delete;

  /// The next trials whose outcome is not known: those that were asked for before come first, by
  /// id. Fewer, where nothing else can be proposed before more outcomes are told; none, when the
  /// search has ended.
  /// @param only_new  without those that were asked for before; none may also mean that they are
  ///                  awaited
  /// @throws NoFeasibleError when there is no feasible architecture at all; RunError
  std::vector<Trial> ask(std::size_t most, bool only_new);

  /// The first trials that were asked for and have no outcome.
  std::vector<Trial> awaited_trials(std::size_t most) const;

  /// Enters all outcomes, or none if it throws, and writes the result of those told. An outcome
  /// that was told before is accepted again.
  /// @throws UsageError for a trial that was not asked for, or one that has another outcome;
  ///         RunError
  void tell(const std::vector<TrialOutcome>& outcomes);

  const RunSpec& spec() const { return spec_; }
  const SearchCourse& course() const { return course_; }
  const TrialRecords& records() const { return records_; }
  std::size_t awaited() const { return records_.asked.size() - records_.told.size(); }
  /// What ended the search; nothing while there is more to ask for or to tell.
  std::optional<EndedBy> ended_by();

 private:
  std::optional<TrialJournal> open_journal();
  void begin();
  void repeat_course();
  void record_settings() const;
  void follow_course(std::size_t classes);
  std::vector<Trial> new_trials(std::size_t most);
  std::vector<TrialOutcome> untold(const std::vector<TrialOutcome>& outcomes) const;
  void enter(const TrialOutcome& outcome);

  RunDirectory directory_;
  OwnFolder folder_;
  RunSpec spec_;
  TrialRecords records_;
  std::optional<TrialJournal> journal_;  ///< with a header; nothing before the first trial
  SearchCourse course_;
};

}  // namespace wrcor
