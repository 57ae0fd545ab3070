#include <benchmark/benchmark.h>

#include <vethwork/base/bytes.hpp>
#include <vethwork/base/ip.hpp>

namespace vethwork {
namespace {

void parse_prefix(benchmark::State& state, char const* text) {
    for (auto _ : state) benchmark::DoNotOptimize(IpPrefix::parse(text));
}
BENCHMARK_CAPTURE(parse_prefix, ipv4, "192.168.100.200/24");
BENCHMARK_CAPTURE(parse_prefix, ipv6, "2001:db8:1234:5678:9abc:def0:1234:5678/64");

void print_prefix(benchmark::State& state, char const* text) {
    IpPrefix const prefix = IpPrefix::parse(text).value();
    for (auto _ : state) benchmark::DoNotOptimize(prefix.to_string());
}
BENCHMARK_CAPTURE(print_prefix, ipv4, "192.168.100.200/24");
BENCHMARK_CAPTURE(print_prefix, ipv6, "2001:db8:1234:5678:9abc:def0:1234:5678/64");

}  // namespace
}  // namespace vethwork
