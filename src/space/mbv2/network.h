#pragma once

#include <string>

#include "architecture.h"
#include "wrcor/space/search_space.h"

namespace wrcor::mbv2 {

/// The network of an architecture: its images resized, its blocks, a head. Names, units and
/// responses are those of the published implementation: a unit is a block, and of the ReLUs only
/// those of squeeze-excitations count, since the others are no modules of the class that it looks
/// for. Source: Jing et al., arXiv 2507.08841; github.com/kunjing96/ZSNAS-WRCor.
NetworkPlan network_of(const Architecture& architecture, bool squeeze, const NetworkInput& input);

}  // namespace wrcor::mbv2
