-- Uses: basics
-- Puts a decision into the stream of the newest thousand. Those of a kind are told once a minute: a flood of them must
-- not push the others out.
local function tell(base, now, policy, country, mask, mode)
  local kind = table.concat({ base .. 'told', policy, country, mask, mode }, ':')
  if not redis.call('SET', kind, '', 'PX', MINUTE, 'NX') then return 0 end
  redis.call('XADD', base .. 'decisions', 'MAXLEN', '~', 1000, '*', 'at', now, 'policy', policy, 'country', country,
    'to', mask, 'mode', mode)
  redis.call('PEXPIRE', base .. 'decisions', 30 * DAY_MS)
  return 1
end
