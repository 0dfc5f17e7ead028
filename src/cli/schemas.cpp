#include "schemas.h"

#include <functional>

#include "config/config_documents.h"
#include "queue/queue_status.h"
#include "record/journal.h"
#include "record/score_writer.h"
#include "record/search_result.h"
#include "record/training_result.h"
#include "record/trial.h"
#include "report/difference_report.h"
#include "report/evaluation_report.h"
#include "report/explanation_report.h"
#include "report/plan_report.h"
#include "wrcor/core/registry.h"

namespace wrcor::cli {
namespace {

using Schema = nlohmann::ordered_json;

const Registry<std::function<Schema()>>& schemas() {
  static const Registry<std::function<Schema()>> registry = [] {
    Registry<std::function<Schema()>> all("schema", "schemas");
    all.add("config", "configuration file", config_schema);
    all.add("journal", "line of a run's journal.jsonl", journal_schema);
    all.add("result", "a run's result.json", result_schema);
    all.add("ranking", "search --format json", ranking_schema);
    all.add("trial", "line of ask", trial_schema);
    all.add("outcome", "line that tell reads", trial_outcome_schema);
    all.add("score", "line of score", score_schema);
    all.add("plan", "score --plan --format jsonl", plan_schema);
    all.add("explanation", "score --explain --format jsonl", explanation_schema);
    all.add("evaluation", "evaluate --format json", evaluation_schema);
    all.add("comparison", "compare --format json", difference_schema);
    all.add("description", "describe --format json", description_schema);
    all.add("training", "a training's result.json", training_schema);
    all.add("metrics", "line of a training's metrics.jsonl", metrics_schema);
    all.add("queue", "queue status --format json", queue_status_schema);
    all.add("list", "list --format json", list_schema);
    return all;
  }();
  return registry;
}

}  // namespace

std::vector<std::string> schema_kinds() { return schemas().names(); }

Schema json_schema(const std::string& kind) { return schemas().find(kind).value(); }

}  // namespace wrcor::cli
