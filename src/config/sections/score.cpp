#include "config/internal/sections.h"
#include "config/internal/setting_makers.h"
#include "config/proxy_choice.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"
#include "wrcor/score/ranking_rule.h"

namespace wrcor {

using namespace setting_makers;

namespace {

/// The error in the text of a ranking rule, or nothing.
std::string rule_problem(const std::string& rule) {
  if (rule.empty()) return {};
  try {
    RankingRule::parse(rule);
    return {};
  } catch (const UsageError& error) {
    return std::string(error.what()) + ", in " + in_quotes(rule);
  }
}

}  // namespace

std::vector<Setting> score_settings() {
  Setting rank_by =
      text(MEMBER(score.rank_by), "--rank-by", "RULE",
           "ranking rule: a proxy, a vote, a list of proxies that vote, or METHOD(list); empty: "
           "the first of the proxies, or auto");
  rank_by.check = rule_problem;
  rank_by.scope = Scope::search;
  Setting chosen = names(MEMBER(score.proxies), "--proxy", {"proxy", "proxies", proxy_choices},
                         "proxies to compute; a vote means its members, all means every proxy; "
                         "none: those needed for the ranking");
  chosen.optional = true;
  chosen.scope = Scope::search;
  chosen.get = [](const Config& config) {
    return config.score.proxies.empty() ? json(nullptr) : json(config.score.proxies);
  };
  chosen.set = [](Config& config, const json& value) {
    config.score.proxies =
        value.is_null() ? std::vector<std::string>() : value.get<std::vector<std::string>>();
  };
  return {
      chosen,
      rank_by,
      named_value(
          MEMBER(score.counting), "--counting", "counting policy", "counting policies",
          NamedValues<Counting>{{"reference", Counting::reference}, {"paper", Counting::paper}},
          "which responses count: as in the published code, or every ReLU once"),
      named_value(MEMBER(score.proxy_input), "--proxy-input", "proxy input", "proxy inputs",
                  NamedValues<ProxyInput>{{"published", ProxyInput::published},
                                          {"images", ProxyInput::images}},
                  "input of proxies that were published with noise: noise, or the images"),
      with_scope(Scope::weights,
                 named_value(MEMBER(score.init), "--init", "initialisation", "initialisations",
                             NamedValues<Initialisation>{{"default", Initialisation::standard},
                                                         {"xavier", Initialisation::xavier},
                                                         {"kaiming", Initialisation::kaiming},
                                                         {"normal", Initialisation::normal}},
                             "distribution of the weights")),
      with_scope(
          Scope::weights,
          named_value(MEMBER(score.weights_mode), "--weights-mode", "weights mode", "weights modes",
                      NamedValues<WeightsMode>{{"shared", WeightsMode::shared},
                                               {"independent", WeightsMode::independent}},
                      "share weights between architectures at equal places, or draw them "
                      "independently")),
      with_scope(Scope::weights, integer(MEMBER(score.repeats), "--repeats", 1, 1000,
                                         "draws of weights to average a score over; search derives "
                                         "rank intervals from them")),
  };
}

}  // namespace wrcor
