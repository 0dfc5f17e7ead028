#include "record/trial_run.h"

#include <chrono>
#include <limits>

#include "core/counted.h"
#include "core/file.h"
#include "record/run_identity.h"
#include "record/trial_result.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

/// Calls of `ask` and `tell` in other processes take a fraction of a second.
constexpr std::chrono::seconds patience{60};

/// With a strategy that does not learn, any number of trials can be awaited.
constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();

std::string settings_document(const Config& config) {
  return config_document(with_absolute_paths(config));
}

/// Before the first result, no such file is the run's.
void require_no_ranking(const RunDirectory& directory) {
  for (const std::filesystem::path& file : {directory.best(), directory.ranking()}) {
    if (file_exists(file)) throw not_of_this("run", file);
  }
}

/// No file that the trials would write may exist.
void require_no_run(const RunDirectory& directory, const std::string& settings) {
  if (file_exists(directory.journal()) && !holds_nothing(directory.journal()))
    throw not_of_this("run", directory.journal());
  if (file_exists(directory.result())) throw not_of_this("run", directory.result());
  require_no_ranking(directory);
  require_no_other_config(directory.config(), settings, "run");
}

}  // namespace

TrialRun::TrialRun(const RunDirectory& directory, const std::function<RunSpec()>& settings)
    : directory_(directory),
      folder_(directory.path, directory.lock(),
              {directory.config(), directory.best(), directory.ranking(), directory.result()},
              patience),
      spec_(settings()),
      journal_(open_journal()),
      course_(spec_.search, *spec_.space, fitness_rule(), no_limit) {
  repeat_course();
  if (journal_) record_settings();
}

std::optional<TrialJournal> TrialRun::open_journal() {
  if (!directory_.holds_run()) {
    require_no_run(directory_, settings_document(spec_.config));
    return std::nullopt;
  }
  std::optional<TrialJournal> journal = TrialJournal::open(directory_.journal(), records_);
  if (records_.header.is_null()) return std::nullopt;
  require_same_trials(records_.header, spec_, directory_.path);
  require_own_trial_files(directory_, spec_);
  if (!file_exists(directory_.result())) require_no_ranking(directory_);
  return journal;
}

/// Because the budget may have changed.
void TrialRun::record_settings() const {
  const std::string settings = settings_document(spec_.config);
  if (!file_exists(directory_.config()) || read_file(directory_.config()) != settings)
    write_file_atomic(directory_.config(), settings);
}

/// A folder that holds a run also holds its settings.
void TrialRun::begin() {
  write_file_atomic(directory_.config(), settings_document(spec_.config));
  TrialRecords none;
  journal_ = TrialJournal::open(directory_.journal(), none);
  records_.header = trial_header(spec_);
  journal_->write_header(records_.header);
}

/// Up to the last trial that was asked for.
void TrialRun::repeat_course() {
  follow_course(records_.asked.size());
  const std::string folder = in_quotes(directory_.path.string());
  if (course_.met() < records_.asked.size()) {
    throw UsageError("--budget: " + folder + " has " + counted(records_.asked.size(), "trial") +
                     ", more than the first " +
                     counted(course_.most_proposals(), "proposal leads", "proposals lead") +
                     " to; expected a larger one");
  }
  for (std::size_t id = 0; id < records_.asked.size(); ++id) {
    if (course_.classes()[id].arch == records_.asked[id]) continue;
    throw DataError(folder + ": trial " + std::to_string(id) + " is " + records_.asked[id] +
                    ", but this program proposes " + course_.classes()[id].arch +
                    "; continue with wrcor " +
                    records_.header.at("tool").at("version").get<std::string>() +
                    ", or start again in another folder");
  }
}

/// Until the course has met this many classes, or cannot continue.
void TrialRun::follow_course(std::size_t classes) {
  while (course_.met() < classes) {
    switch (course_.step()) {
      case CourseStep::met:
        if (const auto told = records_.told.find(course_.newest().number);
            told != records_.told.end())
          enter(told->second);
        break;
      case CourseStep::repeated:
      case CourseStep::told:
        break;
      case CourseStep::blocked:
      case CourseStep::ended:
        return;
    }
  }
}

void TrialRun::enter(const TrialOutcome& outcome) {
  course_.settle(course_.classes()[outcome.id], {outcome.fitness});
}

std::vector<Trial> TrialRun::ask(std::size_t most, bool only_new) {
  std::vector<Trial> trials;
  if (!only_new) trials = awaited_trials(most);
  const std::vector<Trial> added = new_trials(most - trials.size());
  trials.insert(trials.end(), added.begin(), added.end());
  return trials;
}

std::vector<Trial> TrialRun::awaited_trials(std::size_t most) const {
  std::vector<Trial> trials;
  for (std::size_t id = 0; id < records_.asked.size() && trials.size() < most; ++id) {
    if (!records_.told.contains(id)) trials.push_back({id, records_.asked[id]});
  }
  return trials;
}

std::vector<Trial> TrialRun::new_trials(std::size_t most) {
  const std::size_t before = records_.asked.size();
  follow_course(before + most);
  std::vector<Trial> trials;
  for (std::size_t id = before; id < course_.met() && trials.size() < most; ++id)
    trials.push_back({id, course_.classes()[id].arch});
  if (trials.empty()) return trials;
  if (!journal_) begin();
  journal_->append_asked(trials);
  for (const Trial& trial : trials) records_.asked.push_back(trial.arch);
  return trials;
}

void TrialRun::tell(const std::vector<TrialOutcome>& outcomes) {
  const std::vector<TrialOutcome> news = untold(outcomes);
  if (!news.empty()) {
    journal_->append_told(news);
    for (const TrialOutcome& outcome : news) {
      records_.told.emplace(outcome.id, outcome);
      enter(outcome);
    }
  }
  if (!records_.told.empty()) write_trial_result(*this, spec_, directory_);
}

/// Those not known yet, each once.
std::vector<TrialOutcome> TrialRun::untold(const std::vector<TrialOutcome>& outcomes) const {
  std::vector<TrialOutcome> news;
  std::map<std::size_t, TrialOutcome> known = records_.told;
  for (const TrialOutcome& outcome : outcomes) {
    const std::string trial = "trial " + std::to_string(outcome.id);
    if (outcome.id >= records_.asked.size()) {
      throw UsageError(trial + " was not asked for: expected an id below " +
                       std::to_string(records_.asked.size()));
    }
    const auto [told, added] = known.emplace(outcome.id, outcome);
    if (added) {
      news.push_back(outcome);
    } else if (told->second != outcome) {
      throw UsageError(trial + " has the outcome " + to_json(told->second).dump() +
                       " already, got " + to_json(outcome).dump() +
                       "; what was asked for since follows from the first");
    }
  }
  return news;
}

std::optional<EndedBy> TrialRun::ended_by() {
  follow_course(records_.asked.size() + 1);
  if (course_.met() > records_.asked.size() || awaited() > 0 || !course_.asks_no_more())
    return std::nullopt;
  return course_.ended_by();
}

}  // namespace wrcor
