#include "report/optuna_journal.h"

#include <spdlog/fmt/chrono.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <iterator>
#include <memory>

#include "wrcor/core/error.h"
#include "wrcor/core/version.h"

namespace wrcor {
namespace {

using Json = nlohmann::ordered_json;

// JournalOperation, StudyDirection and TrialState of Optuna.
enum Operation {
  create_study = 0,
  set_study_user_attr = 2,
  set_study_system_attr = 3,
  create_trial = 4
};
enum Goal { minimize = 1, maximize = 2 };
enum State { complete = 1, fail = 3 };

/// The times of the evaluations of a run.
class Times {
 public:
  /// @throws DataError
  explicit Times(const FinishedRun& run) : elapsed_(run.elapsed) {
    const Json timing = run.document.value("timing", Json::object());
    std::tm started{};
    // For trials, only the time at which the result was written is known.
    const std::string text = timing.value("started", timing.value("written", std::string()));
    const char* end = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &started);
    if (end == nullptr || *end != '\0')
      throw DataError("the result of the run does not say when it was started, found " +
                      Json(text).dump());
    const double earlier = timing.value("seconds", 0.0) - timing.value("sitting_seconds", 0.0);
    start_ = static_cast<double>(::timegm(&started)) - earlier;
    for (const auto& [arch, seconds] : elapsed_) ends_.push_back(seconds);
    std::ranges::sort(ends_);
  }

  /// When an evaluation had ended; where that is unknown, when the search began.
  std::string end(const std::string& arch) const { return text(end_of(arch)); }

  /// When the evaluation before it had ended: the latest time at which one worker began it.
  std::string begin(const std::string& arch) const {
    const auto place = std::ranges::lower_bound(ends_, end_of(arch));
    return text(place == ends_.begin() ? 0 : *std::prev(place));
  }

 private:
  double end_of(const std::string& arch) const {
    const auto known = elapsed_.find(arch);
    return known == elapsed_.end() ? 0 : known->second;
  }

  std::string text(double elapsed) const {
    using Microseconds = std::chrono::microseconds;
    const auto since_epoch = Microseconds(static_cast<std::int64_t>((start_ + elapsed) * 1e6));
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}+00:00",
                       fmt::gmtime(static_cast<std::time_t>(seconds.count())),
                       (since_epoch - seconds).count());
  }

  const std::map<std::string, double>& elapsed_;
  double start_ = 0;          ///< seconds since 1970
  std::vector<double> ends_;  ///< seconds of searching, in ascending order
};

/// The distribution of each decision, as the text in which Optuna keeps one.
Json distributions(const SearchSpace& space) {
  Json all = Json::object();
  for (const Decision& decision : space.decisions()) {
    all[decision.name] =
        Json{{"name", "CategoricalDistribution"}, {"attributes", {{"choices", decision.values}}}}
            .dump();
  }
  return all;
}

/// By decision, the number of the choice.
Json parameters(const SearchSpace& space, const std::string& arch) {
  const Genotype genotype = space.parse(arch);
  Json all = Json::object();
  for (std::size_t k = 0; k < genotype.size(); ++k) all[space.decisions()[k].name] = genotype[k];
  return all;
}

Json user_attributes(const FinishedRun::Row& row, std::size_t rank) {
  Json attributes{{"arch", row.arch}, {"rank", rank}};
  attributes["status"] = to_string(row.evaluation.status);
  if (!row.evaluation.reason.empty()) attributes["reason"] = row.evaluation.reason;
  if (row.front) attributes["front"] = *row.front;
  if (row.vote) attributes["vote"] = *row.vote;
  for (const auto& [proxy, score] : row.evaluation.scores) {
    const std::string name = "score." + proxy;
    attributes[name] = score.value ? Json(*score.value) : Json();
    if (score.log10) attributes[name + ".log10"] = *score.log10;
  }
  for (const auto& [name, cost] : row.costs) attributes[name] = cost;
  attributes["params"] = row.evaluation.costs.params;
  attributes["flops"] = row.evaluation.costs.flops;
  return attributes;
}

/// The names of the values of trials: the first is that of the rule, the others are costs.
std::vector<std::string> metric_names(const FinishedRun& run) {
  const std::string& proxy = run.rule.members.front().proxy;
  const bool by_power = std::ranges::any_of(
      run.ranking, [&](const auto& row) { return row.evaluation.score(proxy).log10.has_value(); });
  std::vector<std::string> names{run.rule.is_vote() ? "vote"
                                 : by_power         ? "log10(" + proxy + ")"
                                                    : proxy};
  for (const auto& [name, cost] : run.ranking.front().costs) names.push_back(name);
  return names;
}

std::vector<int> directions(const FinishedRun& run) {
  const bool higher = run.rule.is_vote() || run.rule.members.front().better == Direction::higher;
  std::vector<int> goals(1 + run.ranking.front().costs.size(), minimize);
  goals.front() = higher ? maximize : minimize;
  return goals;
}

class Writer {
 public:
  void write(Operation operation, const Json& fields) {
    Json line{{"op_code", static_cast<int>(operation)}, {"worker_id", "wrcor"}};
    line.update(fields);
    text_ += line.dump() + "\n";
  }
  std::string take() && { return std::move(text_); }

 private:
  std::string text_;
};

void write_study(const FinishedRun& run, const std::string& name, Writer& writer) {
  writer.write(create_study, {{"study_name", name}, {"directions", directions(run)}});
  const auto attribute = [&](Operation operation, const char* key, const Json& value) {
    writer.write(operation, {{"study_id", 0},
                             {operation == set_study_user_attr ? "user_attr" : "system_attr",
                              {{key, value}}}});
  };
  attribute(set_study_system_attr, "study:metric_names", metric_names(run));
  attribute(set_study_user_attr, "wrcor", version);
  attribute(set_study_user_attr, "rank_by", run.rule.text());
  for (const char* key : {"settings", "config", "batch", "counts"}) {
    if (run.document.contains(key)) attribute(set_study_user_attr, key, run.document.at(key));
  }
}

}  // namespace

std::string optuna_journal(const FinishedRun& run, const std::string& study) {
  const auto space = make_naming_space(run.space);
  const Times times(run);
  const Json choices = distributions(*space);
  std::vector<std::size_t> order(run.ranking.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return run.ranking[i].first_seen; });

  Writer writer;
  write_study(run, study, writer);
  for (const std::size_t i : order) {
    const FinishedRun::Row& row = run.ranking[i];
    std::optional<double> value = run.value(row);
    std::vector<double> values{value.value_or(0)};
    for (const auto& [name, cost] : row.costs) values.push_back(cost);
    const bool single = values.size() == 1;
    writer.write(create_trial, {{"study_id", 0},
                                {"datetime_start", times.begin(row.arch)},
                                {"state", static_cast<int>(value ? complete : fail)},
                                {"value", value && single ? Json(*value) : Json()},
                                {"values", value && !single ? Json(values) : Json()},
                                {"datetime_complete", times.end(row.arch)},
                                {"distributions", choices},
                                {"params", parameters(*space, row.arch)},
                                {"user_attrs", user_attributes(row, i + 1)},
                                {"system_attrs", Json::object()},
                                {"intermediate_values", Json::object()}});
  }
  return std::move(writer).take();
}

}  // namespace wrcor
