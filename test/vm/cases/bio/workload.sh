# Direct reads of the RAM disk are one bio each, of the size that was asked for.
for size in 4096 8192; do
  if said=$(dd if=/dev/ram0 of=/dev/null bs=$size count=1 iflag=direct 2>&1); then
    echo "$size: ok"
  else
    echo "$size: $(echo "$said" | sed -n 's/.*\(I\/O error\|Input\/output error\).*/I\/O error/p' | head -n 1)"
  fi
done
