// The names that people use for the numbers of routing. Source: /etc/iproute2, <linux/rtnetlink.h>.
#pragma once

#include <vethwork/base/number_names.hpp>

namespace vethwork::topology {

struct RoutingNames {
    NumberNames tables{{255, "local"}, {254, "main"}, {253, "default"}};
    NumberNames protocols{{0, "unspec"},      {1, "redirect"},  {2, "kernel"}, {3, "boot"},   {4, "static"},
                          {8, "gated"},       {9, "ra"},        {10, "mrt"},   {11, "zebra"}, {12, "bird"},
                          {42, "babel"},      {13, "dnrouted"}, {14, "xorp"},  {15, "ntk"},   {16, "dhcp"},
                          {18, "keepalived"}, {186, "bgp"},     {187, "isis"}, {188, "ospf"}, {189, "rip"},
                          {192, "eigrp"}};
    NumberNames scopes{{0, "global"}, {255, "nowhere"}, {254, "host"}, {253, "link"}, {200, "site"}};
    NumberNames realms;
    NumberNames dsfields;  ///< the eight bits of TOS or traffic class
    NumberNames groups{{0, "default"}};
    NumberNames ip_protocols;
};

}  // namespace vethwork::topology
