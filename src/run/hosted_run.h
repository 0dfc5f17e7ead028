#pragma once

#include <string>

#include "queue/messages.h"
#include "queue/remote_evaluations.h"
#include "wrcor/config/run_spec.h"
#include "wrcor/run/workbench.h"

namespace wrcor {

/// Identity of what computes scores, as workers and coordinators compare it.
nlohmann::ordered_json platform_of(const ScoringConditions& conditions);

/// "host:12": this process, for messages.
std::string process_name();

/// A search's offer to its workers: its settings and its minibatch.
/// @param header  of its journal
/// @param bench   outlives it
/// @throws DataError for a password file that cannot be read
HostedRun hosted_run(const RunSpec& spec, const Workbench& bench,
                     const nlohmann::ordered_json& header);

/// The sources of a search that workers of its queue evaluate. @param run  outlives them
SourceMaker remote_source(const HostedRun& run);

/// A worker's part of an offer: what it computes with.
/// @param images  of the offer, which are compared with its hash
/// @param local   has the settings of this machine: device, workers, memory
/// @throws MessageError for anything but such an offer; UsageError when this process would compute
/// other scores, naming the differences
Workbench offered_workbench(const RunOffer& offer, const std::string& images, const Config& local);

}  // namespace wrcor
