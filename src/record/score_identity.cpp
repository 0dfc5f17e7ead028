#include "record/score_identity.h"

#include "core/hash.h"
#include "score/scoring_revision.h"
#include "wrcor/config/settings.h"

namespace wrcor {
namespace {

std::string short_hash(const nlohmann::ordered_json& identity) {
  constexpr std::size_t digits = 12;
  return sha256_hex(identity.dump()).substr(0, digits);
}

}  // namespace

std::string score_identity(const Config& config, const ScoringConditions& conditions,
                           const std::filesystem::path& weights) {
  nlohmann::ordered_json identity{{"scoring_revision", scoring_revision},
                                  {"batch", conditions.batch.at("sha256")},
                                  {"classes", conditions.batch.at("classes")},
                                  {"device", conditions.device_kind}};
  if (!weights.empty()) identity["weights"] = sha256_of_file(weights);
  const Scope least = weights.empty() ? Scope::weights : Scope::scores;
  // Defaults are omitted, so that a setting added by a later version keeps the identity of older
  // scores.
  for (const Setting& setting : settings()) {
    if (setting.scope < least || !setting.serves(Purpose::search) || !setting.belongs_to(config))
      continue;
    const nlohmann::json value = setting.get(config);
    if (value != setting.default_value()) identity[setting.key] = value;
  }
  if (!config.space.definition.is_null()) identity["space.definition"] = config.space.definition;
  return short_hash(identity);
}

}  // namespace wrcor
