#include "wrcor/score/evaluation.h"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace wrcor {
namespace {

nlohmann::ordered_json raw_to_json(double raw) {
  if (std::isfinite(raw)) return raw;
  if (std::isnan(raw)) return "nan";
  return raw > 0 ? "inf" : "-inf";
}

double raw_from_json(const nlohmann::ordered_json& json) {
  if (json.is_number()) return json.get<double>();
  const auto text = json.get<std::string>();
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-inf") return -std::numeric_limits<double>::infinity();
  throw std::invalid_argument("a raw score is a number, nan, inf or -inf, got '" + text + "'");
}

/// The default status of a score without a value.
Status null_status(const Evaluation& evaluation) {
  return evaluation.status == Status::ok ? Status::degenerate : evaluation.status;
}

}  // namespace

const Score& Evaluation::score(const std::string& proxy) const {
  for (const auto& [name, score] : scores) {
    if (name == proxy) return score;
  }
  throw std::out_of_range("the evaluation has no score named '" + proxy + "'");
}

nlohmann::ordered_json to_json(const Evaluation& evaluation) {
  nlohmann::ordered_json json;
  json["status"] = to_string(evaluation.status);
  if (evaluation.status != Status::ok) json["reason"] = evaluation.reason;
  if (evaluation.wanted_bytes) json["wanted_bytes"] = *evaluation.wanted_bytes;
  nlohmann::ordered_json values = nlohmann::ordered_json::object();
  nlohmann::ordered_json raw, statuses, reasons, notes, logs, repeats;
  for (const auto& [name, score] : evaluation.scores) {
    values[name] = score.value ? nlohmann::ordered_json(*score.value) : nlohmann::ordered_json();
    if (!score.note.empty()) notes[name] = score.note;
    if (score.log10) logs[name] = *score.log10;
    if (!score.repeats.empty()) repeats[name] = score.repeats;
    if (score.status == Status::ok) continue;
    raw[name] = raw_to_json(score.raw);
    if (score.reason != evaluation.reason) reasons[name] = score.reason;
    if (score.status != null_status(evaluation)) statuses[name] = to_string(score.status);
  }
  json["scores"] = std::move(values);
  if (!raw.is_null()) json["raw"] = std::move(raw);
  if (!statuses.is_null()) json["statuses"] = std::move(statuses);
  if (!reasons.is_null()) json["reasons"] = std::move(reasons);
  if (!notes.is_null()) json["notes"] = std::move(notes);
  if (!logs.is_null()) json["log10"] = std::move(logs);
  if (!repeats.is_null()) json["repeats"] = std::move(repeats);
  json["params"] = evaluation.costs.params;
  json["flops"] = evaluation.costs.flops;
  return json;
}

Evaluation evaluation_from_json(const nlohmann::ordered_json& json) {
  Evaluation evaluation;
  evaluation.status = status_from_string(json.at("status").get<std::string>());
  if (evaluation.status != Status::ok) evaluation.reason = json.at("reason").get<std::string>();
  if (const auto wanted = json.find("wanted_bytes"); wanted != json.end())
    evaluation.wanted_bytes = wanted->get<std::int64_t>();
  const auto entry_of = [&json](const char* key, const std::string& name,
                                const std::string& fallback) {
    const auto object = json.find(key);
    return object == json.end() ? fallback : object->value(name, fallback);
  };
  for (const auto& [name, value] : json.at("scores").items()) {
    Score score;
    score.note = entry_of("notes", name, "");
    const auto logs = json.find("log10");
    if (logs != json.end() && logs->contains(name)) score.log10 = logs->at(name).get<double>();
    if (value.is_null() && score.log10) {
      score = Score::beyond_double(*score.log10);
    } else if (value.is_null()) {
      score.status = status_from_string(
          entry_of("statuses", name, std::string(to_string(null_status(evaluation)))));
      score.reason = entry_of("reasons", name, evaluation.reason);
      score.raw = raw_from_json(json.at("raw").at(name));
    } else {
      score.value = score.raw = value.get<double>();
      const auto repeats = json.find("repeats");
      if (repeats != json.end() && repeats->contains(name))
        score.repeats = repeats->at(name).get<std::vector<double>>();
    }
    evaluation.scores.emplace_back(name, std::move(score));
  }
  evaluation.costs = {json.at("params").get<std::int64_t>(), json.at("flops").get<std::int64_t>()};
  return evaluation;
}

PackedEvaluation::PackedEvaluation(const Evaluation& evaluation)
    : cbor_(nlohmann::ordered_json::to_cbor(to_json(evaluation))) {
  cbor_.shrink_to_fit();
}

Evaluation PackedEvaluation::unpacked() const {
  return evaluation_from_json(nlohmann::ordered_json::from_cbor(cbor_));
}

}  // namespace wrcor
