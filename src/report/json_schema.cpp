#include "wrcor/report/json_schema.h"

#include <functional>

#include "evaluation_schema.h"
#include "wrcor/config/config_documents.h"
#include "wrcor/core/registry.h"
#include "wrcor/core/schema_version.h"
#include "wrcor/run/search_run.h"
#include "wrcor/score/agreement.h"
#include "wrcor/score/proxies.h"
#include "wrcor/score/votes.h"

namespace wrcor {
namespace {

using namespace json_schema_parts;

Schema hexadecimal(int digits) {
  return text_matching("^[0-9a-f]{" + std::to_string(digits) + "}$");
}

Schema tool() { return object({{"name", constant("wrcor")}, {"version", text()}}); }

Schema batch() {
  return object({{"dataset", text()},
                 {"classes", whole_number()},
                 {"size", whole_number()},
                 {"sha256", hexadecimal(64)}});
}

/// The components that compute the scores, besides the settings.
std::vector<Member> program(int version) {
  return {{"schema_version", constant(version)},
          {"tool", tool()},
          {"scoring_revision", whole_number()},
          {"libtorch", text()},
          {"device", one_of_texts({"cpu", "cuda"})}};
}

std::vector<Member> joined(std::vector<Member> members, const std::vector<Member>& more) {
  members.insert(members.end(), more.begin(), more.end());
  return members;
}

/// Of the output of result_config().
Schema settings_of_result(Purpose purpose) {
  return written_settings_schema([purpose](const Setting& setting) {
    return setting.bearing != Bearing::nothing && setting.serves(purpose);
  });
}

Schema journal_schema() {
  const Member check{"check", hexadecimal(16)};
  const auto lasts = [](const Setting& setting) {
    return setting.bearing >= Bearing::search && setting.serves(Purpose::search);
  };
  const Schema header = object(joined(joined({check}, program(schema_version::journal)),
                                      {{"processor", text(), /*required=*/false},
                                       {"blas", text(), /*required=*/false},
                                       {"kernels", text(), /*required=*/false},
                                       {"at_once", whole_number(), /*required=*/false},
                                       {"batch", batch()},
                                       {"config", written_settings_schema(lasts)}}));
  const Schema entry = evaluation_object(
      joined(joined({check, {"arch", text()}}, evaluation_members()),
             {{"elapsed", number()}, {"refined", constant(true), /*required=*/false}}));
  return document(
      "journal", schema_version::journal,
      "Line of the journal of a search: the first is the header, the others are entries",
      {{"if", {{"required", Schema::array({"config"})}}}, {"then", header}, {"else", entry}});
}

Schema ranking() {
  const Member vote{"vote", number_or_null(), /*required=*/false};
  const Member ranks{"ranks", array(whole_number()), /*required=*/false};
  return array(evaluation_object(joined(
      joined({{"rank", whole_number()}, {"arch", text()}, {"canonical", text()}, vote, ranks},
             evaluation_members()),
      {{"first_seen", whole_number()}})));
}

Schema ranking_schema() {
  return document("ranking", schema_version::result, "What wrcor search --format json prints",
                  ranking());
}

Schema result_schema() {
  std::vector<std::string> ends;
  for (const EndedBy end : all_ends) ends.emplace_back(to_string(end));
  const Schema counts = object({{"asked", whole_number()},
                                {"distinct", whole_number()},
                                {"ok", whole_number()},
                                {"degenerate", whole_number()},
                                {"not_applicable", whole_number()},
                                {"infeasible", whole_number()},
                                {"failed", whole_number()},
                                {"refined", whole_number()}});
  const Schema timing = object({{"started", text_matching("^[0-9-]{10}T[0-9:]{8}Z$")},
                                {"seconds", number()},
                                {"sitting_seconds", number()},
                                {"evaluated", whole_number()},
                                {"device", text()},
                                {"workers", whole_number()},
                                {"at_once", whole_number(), /*required=*/false},
                                {"worker_memory_bytes", whole_number(), /*required=*/false},
                                {"machine", text()},
                                {"processor", text()},
                                {"blas", text()},
                                {"check", hexadecimal(16)}});
  const Schema seeds = object(
      {{"data", hexadecimal(16)}, {"weights", hexadecimal(16)}, {"search", hexadecimal(16)}});
  return document("result", schema_version::result, "Result of a search",
                  object(joined(program(schema_version::result),
                                {{"config", settings_of_result(Purpose::search)},
                                 {"seeds", seeds},
                                 {"batch", batch()},
                                 {"settings", hexadecimal(12)},
                                 {"proxies", array(one_of_texts(proxies().names()))},
                                 {"rank_by", text()},
                                 {"ranking", ranking()},
                                 {"ended_by", one_of_texts(ends)},
                                 {"counts", counts},
                                 {"timing", timing}})));
}

Schema score_schema() {
  Schema line = evaluation_object(
      joined(joined({{"arch", text()}}, evaluation_members()),
             {{"settings", hexadecimal(12), /*required=*/false},
              {"schema_version", constant(schema_version::score), /*required=*/false},
              {"check", hexadecimal(16), /*required=*/false}}));
  line["dependencies"] = {{"settings", Schema::array({"schema_version"})},
                          {"schema_version", Schema::array({"check"})},
                          {"check", Schema::array({"settings"})}};
  return document("score", schema_version::score,
                  "Line of wrcor score: in a file with settings, schema_version and check", line);
}

Schema comparison() {
  std::vector<Member> members{{"score", text()},
                              {"kind", one_of_texts({"proxy", "vote", "column"})},
                              {"metric", text()},
                              {"architectures", whole_number()},
                              {"undefined", whole_number()}};
  const Schema measure =
      object({{"value", number_or_null()}, {"low", number_or_null()}, {"high", number_or_null()}});
  for (std::size_t m = 0; m < measure_count; ++m)
    members.push_back({std::string(to_string(static_cast<Measure>(m))), measure});
  return object(members);
}

Schema simulated_search() {
  const Schema spread = object({{"mean", number()}, {"deviation", number()}});
  const Schema spreads = {{"type", "object"},
                          {"additionalProperties", {{"anyOf", {spread, {{"type", "null"}}}}}}};
  const Schema search = object({{"score", text()},
                                {"strategy", text()},
                                {"runs", whole_number()},
                                {"proposals", whole_number()},
                                {"evaluated", number()},
                                {"metrics", spreads}});
  const Schema optima = {{"type", "object"},
                         {"additionalProperties", object({{"value", number()}, {"arch", text()}})}};
  return object(
      {{"seed", whole_number()},
       {"searches", array(search)},
       {"best_of_trained", array(object({{"networks", whole_number()}, {"metrics", spreads}}))},
       {"optimum", optima}});
}

Schema evaluation_schema() {
  return document("evaluation", schema_version::evaluation,
                  "What wrcor evaluate --format json prints",
                  object({{"schema_version", constant(schema_version::evaluation)},
                          {"tool", tool()},
                          {"benchmark", text()},
                          {"architectures",
                           object({{"scored", whole_number()}, {"in_benchmark", whole_number()}})},
                          {"k", whole_number()},
                          {"bootstrap", object({{"resamples", whole_number()},
                                                {"confidence", number()},
                                                {"seed", whole_number()}})},
                          {"comparisons", array(comparison())},
                          {"simulated_search", simulated_search(), /*required=*/false}}));
}

Schema plan_schema() {
  const Schema names = one_of_texts(proxies().names());
  const Schema pass = object({{"pass", text()}, {"serves", array(names)}, {"seconds", number()}});
  const Schema proxy =
      object({{"proxy", names}, {"seconds", number()}, {"passes", text(), /*required=*/false}});
  return document("plan", schema_version::plan, "What wrcor score --plan --format jsonl prints",
                  object({{"schema_version", constant(schema_version::plan)},
                          {"architectures", whole_number()},
                          {"seconds", number()},
                          {"passes", array(pass)},
                          {"proxies", array(proxy)}}));
}

Schema response_part() {
  return object({{"layer", text()},
                 {"side", one_of_texts({"activation", "gradient"})},
                 {"unit", whole_number()},
                 {"weight", number()},
                 {"norm", number()},
                 {"share", number()},
                 {"correlation", number()},
                 {"effect", number_or_null()}});
}

Schema explanation_schema() {
  const std::vector<std::string> names = proxies().names();
  const Schema draws =
      object({{"mean", number()}, {"deviation", number()}, {"values", array(number())}});
  const Schema proxy = object({{"proxy", one_of_texts(names)},
                               {"weights", draws, /*required=*/false},
                               {"minibatches", draws, /*required=*/false},
                               {"random_cells", array(number())},
                               {"beaten", whole_number()}});
  const Schema change = object({{"decision", text()},
                                {"value", text()},
                                {"other", text()},
                                {"differences", map(names, number_or_null())}});
  return document(
      "explanation", schema_version::explanation,
      "What wrcor score --explain --format jsonl prints",
      evaluation_object(joined(
          joined({{"schema_version", constant(schema_version::explanation)}, {"arch", text()}},
                 evaluation_members()),
          {{"drawn", whole_number()},
           {"proxies", array(proxy)},
           {"changes", array(change)},
           {"parts", array(response_part())}})));
}

Schema description_schema() {
  const Schema edge = object({{"source", whole_number()},
                              {"target", whole_number()},
                              {"operation", text()},
                              {"reachable", {{"type", "boolean"}}}});
  return document("description", schema_version::description,
                  "What wrcor describe --format json prints",
                  object({{"schema_version", constant(schema_version::description)},
                          {"arch", text()},
                          {"id", whole_number()},
                          {"index", whole_number()},
                          {"params", whole_number()},
                          {"flops", whole_number()},
                          {"connected", {{"type", "boolean"}}},
                          {"canonical", text()},
                          {"class_size", whole_number()},
                          {"published_class", whole_number()},
                          {"effective", text()},
                          {"effective_params", whole_number()},
                          {"edges", array(edge)},
                          {"layers", array(response_part()), /*required=*/false}}));
}

/// The members that do not depend on when an epoch is trained.
std::vector<Member> epoch_members() {
  return {{"epoch", whole_number()},    {"learning_rate", number()}, {"train_loss", number()},
          {"train_accuracy", number()}, {"test_loss", number()},     {"test_accuracy", number()}};
}

Schema metrics_schema() {
  return document("metrics", schema_version::training,
                  "Line of the metrics of a training, an epoch; accuracies in percent",
                  object(joined(joined({{"check", hexadecimal(16)}}, epoch_members()),
                                {{"seconds", number()}, {"images_per_second", number()}})));
}

Schema training_schema() {
  const Schema part = object({{"images", whole_number()}, {"sha256", hexadecimal(64)}});
  const Schema test = object({{"images", whole_number()},
                              {"held_out", {{"type", "boolean"}}},
                              {"sha256", hexadecimal(64)}});
  const Schema data = object(
      {{"dataset", text()}, {"classes", whole_number()}, {"training", part}, {"test", test}});
  const Schema timing = object({{"started", text_matching("^[0-9-]{10}T[0-9:]{8}Z$")},
                                {"seconds", number()},
                                {"sitting_seconds", number()},
                                {"device", text()},
                                {"machine", text()},
                                {"processor", text()},
                                {"blas", text()}});
  return document(
      "training", schema_version::training, "Result of a training",
      object({{"schema_version", constant(schema_version::training)},
              {"tool", tool()},
              {"libtorch", text()},
              {"device", one_of_texts({"cpu", "cuda"})},
              {"config", settings_of_result(Purpose::training)},
              {"seeds", object({{"weights", hexadecimal(16)}, {"training", hexadecimal(16)}})},
              {"data", data},
              {"arch", text()},
              {"params", whole_number()},
              {"flops", whole_number()},
              {"last", object(epoch_members())},
              {"best", object(epoch_members())},
              {"weights", object({{"file", text()}, {"sha256", hexadecimal(64)}})},
              {"timing", timing}}));
}

Schema list_schema() {
  const Schema entries = array(object({{"name", text()}, {"summary", text()}}));
  std::vector<Member> members{{"schema_version", constant(schema_version::list)}};
  for (const char* kind :
       {"proxies", "votes", "methods", "spaces", "strategies", "datasets", "devices"})
    members.push_back({kind, entries, /*required=*/false});
  return document("list", schema_version::list, "What wrcor list --format json prints",
                  object(members));
}

const Registry<std::function<Schema()>>& schemas() {
  static const Registry<std::function<Schema()>> registry = [] {
    Registry<std::function<Schema()>> all("schema", "schemas");
    all.add("config", "configuration file", config_schema);
    all.add("journal", "line of a run's journal.jsonl", journal_schema);
    all.add("result", "a run's result.json", result_schema);
    all.add("ranking", "search --format json", ranking_schema);
    all.add("score", "line of score", score_schema);
    all.add("plan", "score --plan --format jsonl", plan_schema);
    all.add("explanation", "score --explain --format jsonl", explanation_schema);
    all.add("evaluation", "evaluate --format json", evaluation_schema);
    all.add("description", "describe --format json", description_schema);
    all.add("training", "a training's result.json", training_schema);
    all.add("metrics", "line of a training's metrics.jsonl", metrics_schema);
    all.add("list", "list --format json", list_schema);
    return all;
  }();
  return registry;
}

}  // namespace

std::vector<std::string> schema_kinds() { return schemas().names(); }

Schema json_schema(const std::string& kind) { return schemas().find(kind).make(); }

}  // namespace wrcor
