#pragma once

#include <memory>

#include "wrcor/proxy/builtin.h"
#include "wrcor/proxy/proxy.h"

// Every proxy's factory; each proxy lives in the .cpp file that is named beside it.
namespace wrcor {

std::unique_ptr<Proxy> make_wrcor(const ProxyContext&);  // response_correlation.cpp
std::unique_ptr<Proxy> make_rcor(const ProxyContext&);
std::unique_ptr<Proxy> make_acor(const ProxyContext&);
std::unique_ptr<Proxy> make_gcor(const ProxyContext&);

}  // namespace wrcor
