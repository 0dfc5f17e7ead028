#include "record/trial_journal.h"

#include <stdexcept>

#include "record/journal.h"
#include "record/run_identity.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char *asked_name = "asked", *told_name = "told";

/// @throws std::exception when the entry does not follow from those before it
void add_asked(const Json& trials, TrialRecords& records) {
  for (const Json& trial : trials) {
    if (trial.at("id").get<std::size_t>() != records.asked.size())
      throw std::invalid_argument("an id out of order");
    records.asked.push_back(trial.at("arch").get<std::string>());
  }
}

/// The same.
void add_told(const Json& outcomes, TrialRecords& records) {
  for (const Json& json : outcomes) {
    const TrialOutcome outcome = trial_outcome_from_json(json);
    if (outcome.id >= records.asked.size() || !records.told.emplace(outcome.id, outcome).second)
      throw std::invalid_argument("an outcome of no trial, or a second one");
  }
}

void add_entry(const Json& entry, TrialRecords& records) {
  if (records.header.is_null()) {
    records.header = entry;
  } else if (const auto trials = entry.find(asked_name); trials != entry.end()) {
    add_asked(*trials, records);
  } else {
    add_told(entry.at(told_name), records);
  }
}

}  // namespace

TrialJournal::TrialJournal(const std::filesystem::path& path)
    : file_(std::make_unique<AppendOnlyFile>(path)) {}

TrialJournal TrialJournal::open(const std::filesystem::path& path, TrialRecords& records) {
  TrialJournal journal(path);
  const AppendOnlyFile::Lines lines = journal.file_->lines();
  std::size_t number = 0, start = 0;
  for (const std::string& line : lines.complete) {
    ++number;
    const auto damaged = [&] {
      return damaged_journal(path, number, start, "a journal line, found damage");
    };
    const std::optional<Json> entry = journal.lines_.open(line);
    if (!entry) throw damaged();
    if (number == 1 && !is_trial_header(*entry)) {
      throw UsageError(
          "'" + path.string() +
          "' is of a search, which scores architectures itself; choose another folder");
    }
    try {
      add_entry(*entry, records);
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception&) {
      throw damaged();
    }
    start += line.size() + 1;
  }
  journal.file_->drop_incomplete(lines);
  return journal;
}

void TrialJournal::write_header(const Json& header) { file_->append_line(lines_.seal(header)); }

void TrialJournal::append_asked(const std::vector<Trial>& trials) {
  Json list = Json::array();
  for (const Trial& trial : trials) list.push_back({{"id", trial.id}, {"arch", trial.arch}});
  file_->append_line(lines_.seal({{asked_name, std::move(list)}}));
}

void TrialJournal::append_told(const std::vector<TrialOutcome>& outcomes) {
  Json list = Json::array();
  for (const TrialOutcome& outcome : outcomes) list.push_back(to_json(outcome));
  file_->append_line(lines_.seal({{told_name, std::move(list)}}));
}

json_schema_parts::Schema asked_entry_schema() {
  using namespace json_schema_parts;
  return object({{"check", hexadecimal(16)},
                 {asked_name, array(object({{"id", whole_number()}, {"arch", text()}}))}});
}

json_schema_parts::Schema told_entry_schema() {
  using namespace json_schema_parts;
  return object({{"check", hexadecimal(16)}, {told_name, array(trial_outcome_object())}});
}

}  // namespace wrcor
