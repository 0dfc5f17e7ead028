#include "proxy/proxy.h"

#include <c10/util/Exception.h>

#include <limits>

#include "proxy/finite.h"

namespace wrcor {

Score score_of(const Proxy& proxy, const Observation& seen) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  try {
    seen.require(proxy.requirements());
    return proxy.score(seen);
  } catch (const NotFinite& found) {
    return Score::degenerate(std::string("nonfinite_") + found.what(), nan);
  } catch (const c10::LinAlgError&) {
    return Score::degenerate("no_convergence", nan);
  }
}

}  // namespace wrcor
