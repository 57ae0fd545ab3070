// vethwork doctor: what this machine can do, and the exact fix of what it cannot.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include <nlohmann/json.hpp>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/text.hpp>
#include <vethwork/lab/space.hpp>
#include <vethwork/observe/filter.hpp>

#include "lab/context.hpp"
#include "lab/probes.hpp"
#include "lab/way_out.hpp"

namespace vethwork::app {

namespace {

Finding about_user_namespaces() {
    auto const why = lab::why_no_user_namespaces();
    if (!why) return {.what = "user namespaces", .good = true};
    return {.what = "user namespaces",
            .detail = std::strerror(why->code),
            .fix = why->hint,
            .required = ::geteuid() != 0};
}

Finding about_root() {
    if (::geteuid() == 0) return {.what = "root", .good = true};
    return {.what = "root",
            .detail = "labs run without it",
            .fix = "sudo, where a lab is to use this machine's own network (up --real-host)"};
}

Finding about_libpcap() {
    auto const filter = observe::Filter::compile("tcp", observe::LinkType::ethernet, 65535);
    if (filter) return {.what = "libpcap", .good = true};
    return {.what = "libpcap", .detail = filter.error().attempt, .fix = filter.error().hint};
}

/// Each node is a namespace.
Finding about_namespace_limit() {
    constexpr std::uint64_t enough = 1000;
    auto const text = read_file("/proc/sys/user/max_net_namespaces");
    auto const value = text ? parse_number<std::uint64_t>(trim(*text), 10) : std::nullopt;
    if (!value) return {.what = "max_net_namespaces", .good = true, .detail = "no limit is known"};
    return {.what = "max_net_namespaces",
            .good = *value >= enough,
            .detail = std::to_string(*value),
            .fix = *value >= enough ? "" : "sudo sysctl user.max_net_namespaces=15000",
            .required = *value == 0};
}

/// Each node of a lab that is being made is a descriptor or two.
Finding about_open_files() {
    constexpr rlim_t enough = 4096;
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    bool const good = limit.rlim_max >= enough;
    return {.what = "nofile",
            .good = good,
            .detail = fmt::format("{}, at most {}", limit.rlim_cur, limit.rlim_max),
            .fix = good ? "" : "ulimit -n 65536 as root, or nofile in /etc/security/limits.conf"};
}

/// Of labs with `internet:`.
Finding about_way_out() {
    auto const program = usual_way_out();
    if (!program.empty()) return {.what = "internet", .good = true, .detail = "by " + program};
    return {.what = "internet",
            .detail = "neither pasta nor slirp4netns is installed",
            .fix = "sudo apt install passt (it has pasta); or, as root, `internet: { mode: nat }`"};
}

void print_findings(std::vector<Finding> const& findings, bool can_run) {
    for (auto const& one : findings) {
        std::string line = fmt::format("{:<20} {:<8}", one.what, one.good ? "ok" : "missing");
        if (!one.detail.empty()) line += " " + one.detail;
        fmt::print("{}\n", trim(line));
        if (!one.fix.empty()) fmt::print("{:<20} fix: {}\n", "", one.fix);
    }
    fmt::print("{}\n", can_run ? "Labs can run here." : "Labs cannot run here.");
}

nlohmann::ordered_json json_of(std::vector<Finding> const& findings, bool can_run) {
    nlohmann::ordered_json json{{"labs_can_run", can_run}, {"findings", nlohmann::ordered_json::array()}};
    for (auto const& one : findings)
        json["findings"].push_back({{"what", one.what},
                                    {"ok", one.good},
                                    {"detail", one.detail},
                                    {"fix", one.fix},
                                    {"required", one.required}});
    return json;
}

}  // namespace

int run_doctor(Invocation const& invocation) {
    OptionSet app("Tells what this machine can do, by trying it, and what would help where it cannot.",
                  "vethwork doctor");
    bool json = false;
    app.add_flag("-j,--json", json, "answer in JSON");
    if (auto const ended = parse_words(app, invocation, "doctor")) return *ended;
    std::vector<Finding> findings{about_user_namespaces(), about_root()};
    std::ranges::copy(probe_kernel(), std::back_inserter(findings));
    for (auto const& about : {about_libpcap, about_way_out, about_namespace_limit, about_open_files})
        findings.push_back(about());
    bool const can_run =
        std::ranges::all_of(findings, [](Finding const& one) { return one.good || !one.required; });
    if (json)
        fmt::print("{}\n", json_of(findings, can_run).dump(1));
    else
        print_findings(findings, can_run);
    return can_run ? status::ok : status::machine;
}

}  // namespace vethwork::app
