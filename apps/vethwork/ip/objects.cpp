#include "ip/objects.hpp"

#include <array>

namespace vethwork::app {

namespace {

Result<int> absent(Session&, plan::WordReader&) {
    return lookup_error("This object of iproute2's ip is not part of vethwork.",
                        "`ip help` lists the objects that are");
}

Result<int> run_help(Session&, plan::WordReader&) { return ip_usage(); }

/// In iproute2's order, which decides what an abbreviation means. `absent` ones are out of this program's
/// scope.
constexpr std::array objects{
    IpObject{"address", run_ip_address},
    IpObject{"addrlabel", absent},
    IpObject{"maddress", absent},
    IpObject{"route", run_ip_route},
    IpObject{"rule", run_ip_rule},
    IpObject{"neighbor", run_ip_neighbour},
    IpObject{"neighbour", run_ip_neighbour},
    IpObject{"ntable", absent},
    IpObject{"ntbl", absent},
    IpObject{"link", run_ip_link},
    IpObject{"l2tp", absent},
    IpObject{"fou", absent},
    IpObject{"ila", absent},
    IpObject{"macsec", absent},
    IpObject{"tunnel", absent},
    IpObject{"tunl", absent},
    IpObject{"tuntap", run_ip_tuntap},
    IpObject{"tap", run_ip_tuntap},
    IpObject{"token", absent},
    IpObject{"tcpmetrics", absent},
    IpObject{"tcp_metrics", absent},
    IpObject{"monitor", run_ip_monitor},
    IpObject{"xfrm", absent},
    IpObject{"mroute", absent},
    IpObject{"mrule", absent},
    IpObject{"netns", run_ip_netns},
    IpObject{"netconf", absent},
    IpObject{"vrf", absent},
    IpObject{"sr", absent},
    IpObject{"nexthop", run_ip_nexthop},
    IpObject{"mptcp", absent},
    IpObject{"ioam", absent},
    IpObject{"help", run_help},
    IpObject{"stats", absent},
};

Error unknown_object(std::string_view word) {
    std::vector<std::string_view> names;
    for (auto const& object : objects) names.push_back(object.name);
    auto const meant = nearest(word, names);
    return lookup_error(fmt::format("Object \"{}\" is unknown, try \"ip help\".", word),
                        meant ? fmt::format("did you mean \"{}\"?", *meant) : "");
}

}  // namespace

std::span<IpObject const> ip_objects() { return objects; }

Error ip_usage() {
    constexpr std::size_t width = 78;
    constexpr std::string_view margin = "                   ";
    std::string list, line;
    for (auto const& object : objects) {
        if (object.run == absent) continue;
        auto const more = fmt::format("{}{}", line.empty() ? "" : "| ", object.name);
        if (margin.size() + line.size() + more.size() > width) {
            list += line + "|\n" + std::string(margin);
            line.clear();
        }
        line += fmt::format("{}{} ", line.empty() ? "" : "| ", object.name);
    }
    list += line;
    return usage_error(
        fmt::format("Usage: ip [ OPTIONS ] OBJECT {{ COMMAND | help }}\n"
                    "       ip [ -force ] -batch FILE\n"
                    "where  OBJECT := {{ {}}}\n"
                    "       OPTIONS := {{ -V[ersion] | -s[tatistics] | -d[etails] | -r[esolve] |\n"
                    "                    -h[uman-readable] | -iec | -j[son] | -p[retty] |\n"
                    "                    -f[amily] {{ inet | inet6 | mpls | bridge | link }} |\n"
                    "                    -4 | -6 | -M | -B | -0 | -l[oops] N | -br[ief] | -o[neline] |\n"
                    "                    -t[imestamp] | -ts[hort] | -b[atch] FILE | -rc[vbuf] SIZE |\n"
                    "                    -n[etns] NAME | -N[umeric] | -a[ll] | -c[olor][=WHEN] }}",
                    list));
}

Result<int> run_command(Session& session, plan::WordReader& words, std::string_view object,
                        std::span<IpCommand const> commands) {
    for (auto const& command : commands)
        if (words.take_prefix(command.name)) return command.run(session, words);
    std::vector<std::string_view> names;
    for (auto const& command : commands) names.push_back(command.name);
    auto const meant = nearest(words.peek(), names);
    return usage_error(fmt::format("Command \"{}\" is unknown, try \"ip {} help\".", words.peek(), object),
                       meant ? fmt::format("did you mean \"{}\"?", *meant) : "");
}

int run_object(Session& session, plan::WordReader& words) {
    for (auto const& object : objects) {
        if (!words.take_prefix(object.name)) continue;
        auto const status = object.run(session, words);
        return status ? *status : session.complain(status.error());
    }
    return session.complain(unknown_object(words.peek()));
}

}  // namespace vethwork::app
