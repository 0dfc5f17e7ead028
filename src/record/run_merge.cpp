#include "record/run_merge.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "config/chosen_data.h"
#include "config/shown_setting.h"
#include "core/counted.h"
#include "core/file.h"
#include "record/course_result.h"
#include "record/journal.h"
#include "record/result_files.h"
#include "record/run_folder.h"
#include "record/run_identity.h"
#include "record/score_identity.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/config/run_spec.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

using Json = nlohmann::ordered_json;

/// One of the runs that are joined.
struct Part {
  RunDirectory folder;
  Config config;
  Shard shard;
  WholeJournal journal;

  std::string name() const { return in_quotes(folder.path.string()); }
};

Config recorded_config(const RunDirectory& folder) {
  ConfigSources sources;
  take_recorded_settings(sources, folder.config());
  return load_config(sources);
}

/// What the scores of a run depend on, by the header of its journal.
ScoringConditions conditions_of(const Json& header) {
  return {.batch = header.at("batch"),
          .device_kind = header.at("device").get<std::string>(),
          .networks_per_batch = header.value("at_once", 1),
          .platform = {.libtorch = header.at("libtorch").get<std::string>(),
                       .processor = header.value("processor", ""),
                       .blas = header.value("blas", ""),
                       .kernels = header.value("kernels", "")}};
}

/// Without the images: nothing is computed on them.
/// @param header  of the journal of the run
RunSpec resolve_by_header(const Config& config, const Json& header) {
  const Json& batch = header.at("batch");
  std::optional<int> classes;
  if (const auto known = batch.find("classes"); known != batch.end()) classes = known->get<int>();
  DatasetInfo data = dataset_info(config, classes);
  data.image.height = batch.value("height", data.image.height);
  data.image.width = batch.value("width", data.image.width);
  return resolve(config, data);
}

Part read_part(const std::filesystem::path& path) {
  Part part{.folder = {path}, .config = {}, .shard = {}, .journal = {}};
  if (!part.folder.holds_run())
    throw UsageError(part.name() + " holds no run: it has no journal.jsonl of a search");
  part.journal = read_journal(part.folder.journal());
  const Json& header = part.journal.content.header;
  if (header.is_null()) {
    throw DataError(part.name() + " has evaluated nothing yet; start its search again with " +
                    "wrcor search --resume --out " + shell_word(path.string()));
  }
  part.config = recorded_config(part.folder);
  part.shard = Shard::parse(part.config.search.shard);
  try {
    require_same_run(header, resolve_by_header(part.config, header), conditions_of(header), path);
  } catch (const Json::exception&) {
    throw DataError(part.folder.journal().string() +
                    ":1: this journal of an older version cannot be merged; finish its search with "
                    "wrcor search --resume --out " +
                    shell_word(path.string()));
  }
  return part;
}

/// The configuration of the search that a part belongs to.
Config without_shard(Config config) {
  config.search.shard.clear();
  return config;
}

/// "search.seed: 3, here 4" for every difference between two searches.
std::vector<std::string> contradictions(const Part& first, const Part& other) {
  std::vector<std::string> found;
  const auto compare = [&found](const std::string& name, const Json& has, const Json& here) {
    if (has != here) found.push_back(name + ": " + has.dump() + ", here " + here.dump());
  };
  const Json settings = result_config(without_shard(first.config));
  const Json other_settings = result_config(without_shard(other.config));
  for (const auto& [section, values] : settings.items()) {
    for (const auto& [name, value] : values.items()) {
      if (name != "max_seconds")  // which does not matter if all evaluations exist
        compare(shown_setting(section + "." + name), value,
                other_settings.at(section).value(name, Json()));
    }
  }
  for (const char* name :
       {"scoring_revision", "libtorch", "device", "at_once", "batch", "cost_table"}) {
    compare(shown_condition(name), first.journal.content.header.value(name, Json()),
            other.journal.content.header.value(name, Json()));
  }
  return found;
}

/// @throws UsageError with a line for each part that is of another search
void require_one_search(const std::vector<Part>& parts) {
  std::vector<std::string> problems;
  for (const Part& part : parts) {
    const std::vector<std::string> found = contradictions(parts.front(), part);
    if (!found.empty()) {
      problems.push_back(part.name() + " is not of the search of " + parts.front().name() + " (" +
                         join(found, "; ") + ")");
    }
  }
  if (!problems.empty()) throw UsageError(problems);
}

/// Whatever changes the last digits of scores without being a setting.
void warn_of_other_platforms(const std::vector<Part>& parts) {
  const auto platform = [](const Part& part) {
    const Json& header = part.journal.content.header;
    return join(
        {header.value("processor", ""), header.value("blas", ""), header.value("kernels", "")});
  };
  for (const Part& part : parts) {
    if (platform(part) == platform(parts.front())) continue;
    spdlog::warn("{} was computed with {}, {} with {}: scores may differ in their last digits",
                 part.name(), platform(part), parts.front().name(), platform(parts.front()));
  }
}

/// The evaluations of all parts.
class JoinedJournals {
 public:
  /// @throws DataError when two contradict each other
  explicit JoinedJournals(const std::vector<Part>& parts) : parts_(parts) {
    for (const Part& part : parts) {
      for (const auto& [arch, evaluation] : part.journal.content.evaluations)
        add(arch, evaluation, part);
    }
    for (const Part& part : parts) {
      for (const auto& [arch, evaluation] : part.journal.content.failures)
        known_.emplace(arch, Known{&evaluation, &part});
    }
  }

  /// Null if no part has it.
  const Evaluation* find(const std::string& arch) const {
    const auto known = known_.find(arch);
    return known == known_.end() ? nullptr : known->second.evaluation;
  }

  /// The lines of one journal, as if the parts had run in parallel: in the order of their times,
  /// without those of no use.
  std::vector<Json> entries() const {
    std::vector<Json> all;
    std::set<std::pair<std::string, bool>> taken;
    for (const Part& part : parts_) {
      for (const Json& entry : part.journal.entries) {
        const auto arch = entry.at("arch").get<std::string>();
        const bool failed = entry.at("status").get<std::string>() == to_string(Status::failed);
        if (failed && find(arch)->status != Status::failed) continue;
        if (taken.emplace(arch, entry.contains("refined")).second) all.push_back(entry);
      }
    }
    std::stable_sort(all.begin(), all.end(), [](const Json& a, const Json& b) {
      return a.at("elapsed").get<double>() < b.at("elapsed").get<double>();
    });
    return all;
  }

 private:
  struct Known {
    const Evaluation* evaluation;
    const Part* part;
  };

  void add(const std::string& arch, const Evaluation& evaluation, const Part& part) {
    const auto [known, added] = known_.emplace(arch, Known{&evaluation, &part});
    if (added || to_json(*known->second.evaluation) == to_json(evaluation)) return;
    throw DataError(known->second.part->name() + " and " + part.name() +
                    " contradict each other: they have different evaluations of " + arch);
  }

  const std::vector<Part>& parts_;
  std::map<std::string, Known, std::less<>> known_;
};

/// Names the missing parts of a search: numbers of classes that no part has evaluated.
class Gaps {
 public:
  Gaps(const std::vector<Part>& parts, int networks_per_batch)
      : parts_(parts), batch_(static_cast<std::size_t>(networks_per_batch)) {}

  void add(std::size_t number) { missing_.push_back(number / batch_); }
  bool empty() const { return missing_.empty(); }

  /// A line for each part that is not finished, and for each shard without a part.
  std::vector<std::string> problems() const {
    std::vector<std::string> lines;
    for (const Part& part : parts_) {
      const auto lacks = std::count_if(missing_.begin(), missing_.end(),
                                       [&](std::size_t batch) { return part.shard.holds(batch); });
      if (lacks == 0) continue;
      lines.push_back(part.name() + " lacks " + counted(lacks, "architecture") +
                      "; finish it with wrcor search --resume --out " +
                      shell_word(part.folder.path.string()));
    }
    for (const std::string& shard : shards_without_part())
      lines.push_back("shard " + shard + " of the search of " + parts_.front().name() +
                      " is missing; run it with --shard " + shard);
    return lines;
  }

 private:
  /// By the number of shards that the first part has.
  std::set<std::string> shards_without_part() const {
    const std::size_t count = parts_.front().shard.count;
    std::set<std::string> shards;
    for (const std::size_t batch : missing_) {
      const bool has_part = std::any_of(parts_.begin(), parts_.end(),
                                        [&](const Part& part) { return part.shard.holds(batch); });
      if (!has_part) shards.insert(std::to_string(batch % count + 1) + "/" + std::to_string(count));
    }
    return shards;
  }

  const std::vector<Part>& parts_;
  std::size_t batch_;
  std::vector<std::size_t> missing_;  ///< their batches
};

/// The course of the search with the evaluations of the parts.
/// @throws Error with a line for each part or shard that lacks evaluations; NoFeasibleError
SearchResult joined_result(const RunSpec& spec, const std::vector<Part>& parts,
                           const JoinedJournals& journals) {
  SearchCourse course(spec.search, *spec.space, spec.rule);
  Gaps gaps(parts, parts.front().journal.content.header.value("at_once", 1));
  for (CourseStep step = course.step(); step != CourseStep::ended; step = course.step()) {
    if (step != CourseStep::met) continue;
    const ProposedClass& met = course.newest();
    const Evaluation* evaluation = journals.find(met.arch);
    if (evaluation == nullptr) gaps.add(met.number);
    course.settle(met, evaluation != nullptr ? member_scores(spec.rule, *evaluation)
                                             : MemberScores(spec.rule.members.size()));
  }
  if (!gaps.empty()) throw Error(ExitCode::data, gaps.problems());
  if (course.classes().empty()) {
    throw NoFeasibleError("no architecture of " + spec.space->name() +
                          " satisfies the constraints");
  }
  SearchResult result =
      result_of(course, spec, [&](const ProposedClass& of) { return *journals.find(of.arch); });
  find_fronts(result.ranking, result.rule);
  return result;
}

void require_free(const std::vector<std::filesystem::path>& files) {
  for (const auto& file : files) {
    if (file_exists(file)) throw UsageError("'" + file.string() + "' exists; choose another --out");
  }
}

/// The longest search of the parts, which may have run at the same time.
double seconds_of(const std::vector<Part>& parts) {
  double seconds = 0;
  for (const Part& part : parts) seconds = std::max(seconds, part.journal.content.elapsed);
  return seconds;
}

}  // namespace

std::optional<SearchResult> merge_runs(const std::vector<std::filesystem::path>& paths,
                                       const RunDirectory& out) {
  std::vector<Part> parts;
  for (const auto& path : paths) parts.push_back(read_part(path));
  require_one_search(parts);
  warn_of_other_platforms(parts);
  const std::string started = utc_now();
  const Json& header = parts.front().journal.content.header;
  const RunSpec spec = resolve_by_header(without_shard(parts.front().config), header);
  const JoinedJournals journals(parts);
  const ScoringConditions conditions = conditions_of(header);
  std::optional<SearchResult> result;
  // The images of a file may differ in size from those of its data set, and the size determines
  // costs. Older versions did not record it.
  const bool knows_size =
      spec.config.data.batch_file.empty() || header.at("batch").contains("height");
  if (knows_size) result = joined_result(spec, parts, journals);
  if (spec.config.search.refine) result.reset();

  const std::vector<std::filesystem::path> own{out.config(), out.journal(), out.best(),
                                               out.ranking(), out.result()};
  const OwnFolder folder(out.path, out.lock(), own);
  require_free(own);
  if (result) {
    result->conditions = conditions;
    result->settings = score_identity(spec.config, conditions, {});
    result->timing.started = started;
    result->timing.seconds = seconds_of(parts);
    result->timing.device = conditions.device_kind;
    result->timing.networks_per_batch = conditions.networks_per_batch;
  }
  try {
    write_file_atomic(out.config(), config_document(with_absolute_paths(spec.config)));
    write_journal(out.journal(), journal_header(spec, conditions), journals.entries());
    if (result) write_result_files(*result, spec, out);
  } catch (const Error&) {  // such as a full disk: the same command can be repeated
    std::error_code kept;
    for (const auto& file : own) std::filesystem::remove(file, kept);
    throw;
  }
  return result;
}

}  // namespace wrcor
